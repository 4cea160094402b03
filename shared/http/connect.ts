import { createServer, type IncomingHttpHeaders, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Connection, Host, Listener, ListenOptions } from '../net/host.ts'
import { isNonce, NONCE_HEADER } from './nonce.ts'

/** `CONNECT host:port` (RFC 9110 section 9.3.6): whoever asks becomes the other end of what is found behind it. */
export interface ConnectRequest {
  host: string
  port: number
  headers: IncomingHttpHeaders
  nonce: string | undefined
  connection: Connection
  /** Answers 200; from here on the connection carries the tunnel's bytes. */
  accept(): void
  refuse(status: number, sentence: string, headers?: Record<string, string>): void
}

/** A documented port that knows one method. Whatever else is asked is answered with 405. */
export async function serveConnect(
  host: Host,
  port: number,
  options: ListenOptions,
  onConnect: (request: ConnectRequest) => void,
): Promise<Listener> {
  const connections = new WeakMap<Duplex, Connection>()
  const server = createServer({ keepAliveTimeout: 5_000 }, (request, response) => {
    request.resume()
    response.writeHead(405, { allow: 'CONNECT', 'content-type': 'text/plain' })
    response.end(`only CONNECT device:port is served here, not ${request.method}\n`)
  })
  server.on('connect', ({ url = '', headers }, stream: Duplex, head: Buffer) => {
    const connection = connections.get(stream)
    if (!connection) return void stream.destroy()
    const given = headers[NONCE_HEADER]
    const nonce = isNonce(given) ? given : undefined
    if (nonce !== undefined) connection.observe({ what: 'request-received', detail: { nonce } })
    const echo: Record<string, string> = nonce === undefined ? {} : { [NONCE_HEADER]: nonce }
    const answer = (status: number, more: Record<string, string>, body = '') => {
      const lines = Object.entries({ ...more, ...echo }).map(([name, value]) => `${name}: ${value}\r\n`)
      stream.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
      if (nonce !== undefined) connection.observe({ what: 'reply-sent', detail: { nonce } })
    }
    const refuse: ConnectRequest['refuse'] = (status, sentence, more = {}) => {
      const body = `${sentence}\n`
      answer(
        status,
        {
          'content-type': 'text/plain',
          'content-length': String(Buffer.byteLength(body)),
          ...more,
          connection: 'close',
        },
        body,
      )
      connection.close()
    }
    // Only a port that stands there: a name without one, or a path, is no authority.
    const [, name, number] = /^([^/\s]+):(\d{1,5})$/.exec(url) ?? []
    if (name === undefined || Number(number) < 1 || Number(number) > 65_535)
      return refuse(
        400,
        `CONNECT device:port is expected, with a port from 1 to 65535, not ${JSON.stringify(url.slice(0, 80))}`,
      )
    onConnect({
      host: name,
      port: Number(number),
      headers,
      nonce,
      connection,
      refuse,
      accept() {
        answer(200, {})
        if (head.length > 0) stream.unshift(head)
      },
    })
  })
  return host.listen(port, options, connection => {
    connections.set(connection.stream, connection)
    server.emit('connection', connection.stream)
  })
}
