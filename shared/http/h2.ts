/** HTTP/2 over the Host's connections: the Host dials, accepts and ends TLS, so that both ends have their evidence. */
import {
  type ClientHttp2Session,
  connect,
  constants,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { alpnOf } from '../net/connection.ts'
import { NetError, TimeoutError } from '../net/errors.ts'
import type { Connection } from '../net/host.ts'
import type { HttpAnswer } from './client.ts'
import { isNonce, NONCE_HEADER } from './nonce.ts'

export interface H2Request {
  method: string
  path: string
  headers: IncomingHttpHeaders
  /** Names that came more than once. */
  duplicates: readonly string[]
  /** Null where it was longer than the server reads. */
  body: Buffer | null
  connection: Connection
}

export interface H2Reply {
  status: number
  headers: Record<string, string>
  body: string
}

interface H2ServerParts {
  /** Bytes of a body that are read. */
  longestBody: number
  answer(request: H2Request): H2Reply
}

export class H2Server {
  readonly #parts: H2ServerParts
  readonly #sessions = new Map<ServerHttp2Session, Connection>()

  constructor(parts: H2ServerParts) {
    this.#parts = parts
  }

  /** A connection on which ALPN has said `h2`. */
  accept(connection: Connection): void {
    const session = performServerHandshake(connection.stream)
    this.#sessions.set(session, connection)
    session.on('error', () => {})
    session.once('close', () => {
      this.#sessions.delete(session)
      connection.close()
    })
    session.on('stream', (stream, headers, _flags, raw) => {
      stream.on('error', () => {})
      void this.#serve(connection, stream, headers, raw)
    })
  }

  /** GOAWAY to everybody; what is being answered still is. */
  stop(): void {
    for (const [session, connection] of this.#sessions) {
      session.close()
      connection.close()
    }
  }

  async #serve(
    connection: Connection,
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    raw: readonly string[],
  ): Promise<void> {
    const given = headers[NONCE_HEADER]
    const nonce = isNonce(given) ? given : undefined
    const body = await read(stream, this.#parts.longestBody)
    if (nonce !== undefined) connection.observe({ what: 'request-received', detail: { nonce } })
    const names = raw.filter((_, at) => at % 2 === 0)
    const {
      status,
      headers: more,
      body: text,
    } = this.#parts.answer({
      method: headers[':method'] ?? '',
      path: headers[':path'] ?? '',
      headers,
      duplicates: names.filter((name, at) => names.indexOf(name) !== at),
      body,
      connection,
    })
    if (stream.destroyed || stream.closed) return
    stream.respond({ ':status': status, ...more, ...(nonce === undefined ? {} : { [NONCE_HEADER]: nonce }) })
    stream.end(text)
    // Whoever sends more than is read is told to stop.
    if (body === null) stream.close(constants.NGHTTP2_NO_ERROR)
    if (nonce !== undefined) connection.observe({ what: 'reply-sent', detail: { nonce } })
  }
}

function read(stream: ServerHttp2Stream, most: number): Promise<Buffer | null> {
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    let bytes = 0
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > most) resolve(null)
      else chunks.push(chunk)
    })
    stream.once('end', () => resolve(Buffer.concat(chunks)))
    stream.once('close', () => resolve(Buffer.concat(chunks)))
  })
}

interface H2Ask {
  method: string
  path: string
  headers: Record<string, string>
  body: string
  nonce?: string
  /** ms */
  timeout: number
}

/** One HTTP/2 connection as a client. */
export class H2Client {
  readonly #session: ClientHttp2Session
  readonly #connection: Connection
  #open = true

  /** @throws NetError `ALPN` where the other side did not choose HTTP/2 */
  constructor(connection: Connection, authority: string) {
    const alpn = alpnOf(connection)
    if (alpn !== 'h2') {
      connection.close()
      const message = `HTTP/2 is needed, and ${authority} answered ALPN with ${alpn ?? 'nothing'}`
      connection.observe({ what: 'message-refused', detail: { code: 'ALPN', message } })
      throw new NetError('ALPN', message)
    }
    this.#connection = connection
    this.#session = connect(`https://${authority}`, { createConnection: () => connection.stream })
    const over = () => {
      this.#open = false
    }
    this.#session.on('error', over).on('goaway', over).on('close', over)
    this.#session.unref()
  }

  /** May it be asked once more? */
  get open(): boolean {
    return this.#open && !this.#session.closed && !this.#session.destroyed
  }

  request({ method, path, headers, body, nonce, timeout }: H2Ask): Promise<HttpAnswer> {
    const connection = this.#connection
    return new Promise((resolve, reject) => {
      const stream = this.#session.request({
        ':method': method,
        ':path': path,
        ...headers,
        ...(nonce === undefined ? {} : { [NONCE_HEADER]: nonce }),
      })
      const fail = (error: Error) => {
        clearTimeout(timer)
        reject(error)
      }
      const timer = setTimeout(() => {
        stream.close(constants.NGHTTP2_CANCEL)
        fail(new TimeoutError(`${method} ${path}`, timeout))
      }, timeout)
      const chunks: Buffer[] = []
      let head: IncomingHttpHeaders & { ':status'?: number | undefined } = {}
      stream.on('response', received => {
        head = received
        const echoed = head[NONCE_HEADER]
        if (nonce !== undefined && echoed !== nonce)
          connection.observe({
            what: 'foreign-answer',
            detail: {
              asked: `${method} ${path}`,
              status: Number(head[':status'] ?? 0),
              server: head.server === undefined ? null : String(head.server),
            },
          })
      })
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.once('error', cause => fail(new NetError('CLOSED', `${method} ${path}: ${cause.message}`, { cause })))
      stream.once('close', () => {
        clearTimeout(timer)
        if (head[':status'] === undefined)
          return fail(new NetError('CLOSED', `${method} ${path}: the connection ended`))
        if (nonce !== undefined && head[NONCE_HEADER] === nonce)
          connection.observe({ what: 'reply-received', detail: { nonce } })
        const { ':status': status, ...rest } = head
        resolve({ status: Number(status), headers: rest, body: Buffer.concat(chunks) })
      })
      stream.end(body)
      if (nonce !== undefined) connection.observe({ what: 'request-sent', detail: { nonce } })
    })
  }

  close(): void {
    this.#open = false
    this.#session.close()
    this.#connection.close()
  }
}
