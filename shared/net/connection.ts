import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { now } from '../journal/clock.ts'
import type { Ending, Endpoint, Sight } from '../journal/observation.ts'
import { alertIn, refusesClientCertificate } from '../tls/alert.ts'
import type { Connection, PresentedCertificate } from './host.ts'
import type { Scribe } from './scribe.ts'

export interface ConnectionParts {
  scribe: Scribe
  end: 'initiator' | 'responder'
  /** The bytes of the layer above; the TLS socket where there is one. */
  stream: Duplex
  /** The socket below, which alone can send a reset. */
  raw: Socket
  local: Endpoint
  remote: Endpoint
  peer?: Endpoint
  certificate?: PresentedCertificate | null
  via?: string | null
}

/** Wraps an established stream: journals its end, once, and gives it one idempotent `close`. */
export function established(parts: ConnectionParts): Connection {
  const { scribe, stream, raw } = parts
  const openedAt = now()
  let how: Ending | null = null
  let code: string | undefined
  // Not `once`: thousands of idle connections would keep its wrappers.
  stream.on('end', () => {
    how ??= 'fin'
  })
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // What undici destroys a connection with is this side's own doing: its time-outs among them.
    const own = error.code?.startsWith('UND_ERR_') === true
    how ??= isReset(error) ? 'rst' : error.code === 'ETIMEDOUT' ? 'timeout' : own ? 'local' : 'fin'
    code = error.code
    const alert = alertIn(error)
    if (error.code && refusesClientCertificate(alert))
      scribe.observe({ what: 'tls-failed', detail: { code: error.code, message: error.message, alert } })
  })
  stream.on('close', () => {
    // Neither an end nor an error came before: whoever destroyed it is on this side.
    const detail = { how: how ?? 'local', after: Math.round(now() - openedAt) }
    scribe.observe({ what: 'closed', detail: code === undefined ? detail : { ...detail, code } })
    raw.destroy()
  })
  return {
    id: scribe.id,
    end: parts.end,
    stream,
    raw,
    local: parts.local,
    remote: parts.remote,
    peer: parts.peer ?? parts.remote,
    certificate: parts.certificate ?? null,
    via: parts.via ?? null,
    observe: (sight: Sight) => scribe.observe(sight),
    close(ending = 'fin') {
      how ??= 'local'
      if (ending === 'reset') raw.resetAndDestroy()
      else if (!stream.destroyed) {
        stream.end()
        // A peer that never answers our FIN would keep the socket for ever.
        const grace = setTimeout(() => stream.destroy(), 1_000)
        stream.once('close', () => clearTimeout(grace))
        // Nobody reads any more; what still arrives must not keep the stream from ending.
        stream.resume()
      }
    },
  }
}

/** What ALPN has chosen; null without TLS, and where nothing was. */
export const alpnOf = ({ stream }: Pick<Connection, 'stream'>): string | null =>
  ('alpnProtocol' in stream && (stream.alpnProtocol as string | false)) || null

/** A real RST, not the ECONNRESET that node:tls makes up when the peer's FIN comes before the end of the handshake. */
export const isReset = (error: NodeJS.ErrnoException): boolean =>
  (error.code === 'ECONNRESET' && error.syscall !== undefined) || error.code === 'EPIPE'

export const localOf = (socket: Socket): Endpoint => ({
  address: plain(socket.localAddress),
  port: socket.localPort ?? 0,
})
export const remoteOf = (socket: Socket): Endpoint => ({
  address: plain(socket.remoteAddress),
  port: socket.remotePort ?? 0,
})

/** A dual-stack listener reports IPv4 peers as `::ffff:a.b.c.d`. */
const plain = (address: string | undefined): string => (address ?? '').replace(/^::ffff:(?=\d+\.)/, '')
