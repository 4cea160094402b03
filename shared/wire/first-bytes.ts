/** Tells from its first bytes what a connection speaks, before anything is ended or answered. */
import { type ClientHello, readClientHello } from './client-hello.ts'

export type FirstBytes =
  | { kind: 'need-more' }
  | { kind: 'tls'; hello: ClientHello }
  /** PROXY protocol v1 (text) or v2 (binary); what follows it is not looked at here. */
  | { kind: 'proxy-header' }
  | { kind: 'plaintext' }

const V1 = Buffer.from('PROXY ')
const V2 = Buffer.from('\r\n\r\n\0\r\nQUIT\n')

export function classify(bytes: Uint8Array): FirstBytes {
  if (bytes.length === 0) return { kind: 'need-more' }
  for (const signature of [V1, V2]) {
    const common = Math.min(signature.length, bytes.length)
    if (signature.subarray(0, common).equals(bytes.subarray(0, common)))
      return common === signature.length ? { kind: 'proxy-header' } : { kind: 'need-more' }
  }
  const result = readClientHello(bytes)
  if (result.state === 'complete') return { kind: 'tls', hello: result.hello }
  return { kind: result.state === 'need-more' ? 'need-more' : 'plaintext' }
}
