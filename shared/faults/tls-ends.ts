import type { Socket } from 'node:net'
import { type ConnectionOptions, connect, createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import type { Settings } from './fault.ts'
import { settled } from './settled.ts'
import type { Leg } from './splice.ts'

/** The certificate that the middlebox presents; refuses at start what would fail at every connection. */
export function contextOf({ fault, identity }: Settings): SecureContext {
  const wanted = 'a PEM certificate chain and its private key'
  if (!identity) throw new Error(`The fault "${fault}" ends TLS and needs options.identity: ${wanted}.`)
  try {
    return createSecureContext({ cert: identity.cert, key: identity.key })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`The fault "${fault}" cannot use options.identity (${reason}); give ${wanted}.`, { cause })
  }
}

interface TlsLeg extends Leg {
  readonly stream: TLSSocket
}

/** Ends TLS towards the client; resolves when the handshake is done. */
export function endTls(raw: Socket, secureContext: SecureContext, alpn: string[] = []): Promise<TlsLeg> {
  const stream = new TLSSocket(raw, { isServer: true, secureContext, ...(alpn.length ? { ALPNProtocols: alpn } : {}) })
  return shaken(stream, 'secure', raw)
}

/** Starts TLS towards the upstream and believes any certificate. */
export function startTls(
  raw: Socket,
  options: Pick<ConnectionOptions, 'servername' | 'ALPNProtocols'>,
): Promise<TlsLeg> {
  return shaken(connect({ ...options, socket: raw, rejectUnauthorized: false }), 'secureConnect', raw)
}

async function shaken(stream: TLSSocket, step: 'secure' | 'secureConnect', raw: Socket): Promise<TlsLeg> {
  // One leg may fail while the other is still shaking hands and nobody else listens.
  stream.on('error', () => {})
  await settled(stream, step)
  return { stream, raw }
}
