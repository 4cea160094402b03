import { generate } from 'selfsigned'
import type { ServerIdentity } from '../../shared/net/host.ts'

/** A certificate that nobody of the lab has issued. */
export async function stranger(name: string): Promise<ServerIdentity> {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  })
  return { cert: made.cert, key: made.private }
}
