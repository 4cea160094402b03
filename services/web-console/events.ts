import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { isNonce, NONCE_HEADER } from '../../shared/http/nonce.ts'
import { requestSight } from '../../shared/http/sights.ts'
import type { Connection } from '../../shared/net/host.ts'
import type { ConsoleSession } from './console-session.ts'
import { sessionIdIn } from './cookie.ts'
import type { Sessions } from './sessions.ts'
import { Watch } from './watch.ts'

/** Application close code (RFC 6455 section 7.4.2): the page goes to the login form. */
export const SESSION_ENDED = 4401
/** Bytes; a nonce is all that a client has to say. */
const MAX_PAYLOAD = 4_096
/** Open pages and exercises together. */
const MAX_SOCKETS = 500
/** ms a client without a login may stay; an exercise takes less. */
const ANONYMOUS = 30_000

interface EventsOptions {
  server: Server
  sessions: Sessions
  connectionOf: (socket: Duplex) => Connection | undefined
  /** ms */
  interval: number
  describe: (error: unknown) => string
}

/** `/events`: tells logged-in pages of the devices, and repeats an exercise's nonce to anybody. */
export function serveEvents({ server, sessions, connectionOf, interval, describe }: EventsOptions): {
  close(): void
} {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD, perMessageDeflate: false })
  const watches = new WeakMap<ConsoleSession, Watch>()

  const watchOf = (session: ConsoleSession, id: string): Watch => {
    const known = watches.get(session)
    if (known) return known
    const watch = new Watch({
      look: () => {
        sessions.touch(session)
        return session.devices()
      },
      describe,
      interval,
      onSessionEnded: () => void sessions.end(id),
    })
    watches.set(session, watch)
    void session.over.then(() => watch.close(SESSION_ENDED, 'the session has ended'))
    return watch
  }

  const accept = (socket: WebSocket, request: IncomingMessage, connection: Connection | undefined) => {
    socket.on('error', () => {})
    socket.on('message', (data, binary) => repeatNonce(socket, data, binary, connection))
    const id = sessionIdIn(request.headers.cookie)
    const session = sessions.find(id)
    if (session && id !== null) return watchOf(session, id).add(socket)
    // A page of a session that is over, come back after a restart for instance.
    if (id !== null) return socket.close(SESSION_ENDED, 'the session has ended')
    const timer = setTimeout(() => socket.close(1008, 'log in first'), ANONYMOUS)
    socket.once('close', () => clearTimeout(timer))
  }

  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const connection = connectionOf(stream)
    const nonce = request.headers[NONCE_HEADER]
    const { method = 'GET', url = '', httpVersion: version, headers } = request
    connection?.observe(requestSight({ method, url, version, headers }))
    if (isNonce(nonce)) connection?.observe({ what: 'request-received', detail: { nonce } })
    if (url.split('?')[0] !== '/events') return refuse(stream, '404 Not Found', 'the WebSocket is at /events')
    if (sockets.clients.size >= MAX_SOCKETS)
      return refuse(stream, '503 Service Unavailable', `${MAX_SOCKETS} WebSockets are open; close one`)
    sockets.handleUpgrade(request, stream, head, socket => accept(socket, request, connection))
  })
  return {
    close() {
      for (const socket of sockets.clients) socket.close(1001, 'the Web Console Server stops')
      sockets.close()
    },
  }
}

function repeatNonce(socket: WebSocket, data: RawData, binary: boolean, connection: Connection | undefined): void {
  const nonce = binary ? null : nonceIn(data.toString())
  if (nonce === null) {
    socket.close(1008, 'a text frame {"nonce": "8 to 64 characters"} is expected')
    return
  }
  connection?.observe({ what: 'request-received', detail: { nonce } })
  socket.send(JSON.stringify({ nonce }))
  connection?.observe({ what: 'reply-sent', detail: { nonce } })
}

function nonceIn(text: string): string | null {
  try {
    const { nonce } = JSON.parse(text) as { nonce?: unknown }
    return isNonce(nonce) ? nonce : null
  } catch {
    return null
  }
}

function refuse(stream: Duplex, status: string, reason: string): void {
  stream.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${reason.length}\r\n\r\n${reason}`,
  )
}
