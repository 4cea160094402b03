import type { Client } from 'undici'
import { NetError, TimeoutError } from '../net/errors.ts'
import type { Connection, Host, Target, TlsClientOptions } from '../net/host.ts'
import { NONCE_HEADER } from './nonce.ts'
import { bodySight, requestSight } from './sights.ts'

export interface HttpRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'HEAD'
  path: string
  headers?: Record<string, string>
  body?: string | Buffer
  nonce?: string
  /** Takes the body piece by piece; `HttpAnswer.body` is empty then. */
  sink?: (piece: Buffer) => void
  /** Told status and headers before the first piece. */
  onHead?: (answer: Pick<HttpAnswer, 'status' | 'headers'>) => void
}

export interface HttpAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

export interface HttpClient {
  /** The connection, once the first request was made. */
  readonly connection: Connection | null
  request(request: HttpRequest): Promise<HttpAnswer>
  close(): Promise<void>
}

/**
 * One HTTP/1.1 connection through the Host: what logs in on it stays logged in, and when it is lost it stays lost. There
 * are no hidden retries; undici would otherwise dial again.
 */
export function httpClient(
  host: Host,
  target: Target,
  options: { tls?: TlsClientOptions; timeout: number; signal?: AbortSignal },
): HttpClient {
  let connection: Connection | null = null
  let onDialled = () => {}
  let dialled = false
  const { tls, timeout, signal } = options
  const origin = new URL(`${tls ? 'https' : 'http'}://${tls?.servername ?? target.host}:${target.port}`)
  const stoppable = signal ? { signal } : {}
  const connect: Client.Options['connect'] = (_to, callback) => {
    if (dialled) return callback(new NetError('CLOSED', 'the connection was lost'), null)
    dialled = true
    host.dial(target, { timeout, ...stoppable, ...(tls ? { tls } : {}) }).then(
      made => {
        connection = made
        onDialled()
        callback(null, made.stream as never)
      },
      error => callback(error, null),
    )
  }
  // Loaded with the first request: a lab that is being started makes none, and undici is a tenth of its start.
  let client: Promise<Client> | null = null
  const open = async (): Promise<Client> => {
    const undici = await import('undici')
    return new undici.Client(origin, {
      headersTimeout: timeout,
      bodyTimeout: timeout,
      keepAliveTimeout: 600_000,
      pipelining: 1,
      connect,
    })
  }
  return {
    get connection() {
      return connection
    },
    async request(request) {
      client ??= open()
      const tell = () => connection && journalRequest(connection, origin.host, request)
      if (connection) tell()
      else onDialled = tell
      return exchange(await client, () => connection, { ...request, ...stoppable }, timeout)
    },
    async close() {
      const opened = await client
      await opened?.close().catch(() => opened.destroy())
    },
  }
}

function journalRequest(
  connection: Connection,
  host: string,
  { method = 'GET', path, headers = {}, body, nonce }: HttpRequest,
): void {
  const carried = nonce === undefined ? {} : { [NONCE_HEADER]: nonce }
  connection.observe(requestSight({ method, url: path, version: '1.1', headers: { host, ...headers, ...carried } }))
  if (body !== undefined) connection.observe(bodySight(body))
}

async function exchange(
  client: Client,
  connection: () => Connection | null,
  request: HttpRequest & { signal?: AbortSignal },
  timeout: number,
): Promise<HttpAnswer> {
  const { method = 'GET', path, headers = {}, body, nonce, sink, onHead, signal } = request
  const chunks: Buffer[] = []
  let bytes = 0
  let of: number | null = null
  try {
    const answer = await client.request({
      method,
      path,
      headers: nonce === undefined ? headers : { ...headers, [NONCE_HEADER]: nonce },
      ...(body === undefined ? {} : { body }),
      ...(signal ? { signal } : {}),
    })
    if (nonce !== undefined) connection()?.observe({ what: 'request-sent', detail: { nonce } })
    const echoed = answer.headers[NONCE_HEADER]
    if (nonce !== undefined && echoed !== nonce)
      connection()?.observe({
        what: 'foreign-answer',
        detail: { asked: `${method} ${path}`, status: answer.statusCode, server: one(answer.headers.server) },
      })
    onHead?.({ status: answer.statusCode, headers: answer.headers })
    const announced = answer.headers['content-length']
    of = typeof announced === 'string' ? Number(announced) : null
    for await (const chunk of answer.body) {
      if (sink) sink(chunk)
      else chunks.push(chunk)
      bytes += chunk.length
    }
    connection()?.observe({ what: 'transfer', detail: { bytes, of, complete: true } })
    if (typeof echoed === 'string') connection()?.observe({ what: 'reply-received', detail: { nonce: echoed } })
    return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }
  } catch (error) {
    if (of !== null || bytes > 0) connection()?.observe({ what: 'transfer', detail: { bytes, of, complete: false } })
    else if (nonce !== undefined) connection()?.observe({ what: 'request-sent', detail: { nonce } })
    await client.destroy()
    throw asNetError(error as NodeJS.ErrnoException, `${method} ${path}`, timeout)
  }
}

const one = (header: string | string[] | undefined): string | null => [header].flat()[0] ?? null

function asNetError(error: NodeJS.ErrnoException, what: string, timeout: number): Error {
  if (error instanceof NetError) return error
  if (error.code === 'UND_ERR_HEADERS_TIMEOUT' || error.code === 'UND_ERR_BODY_TIMEOUT')
    return new TimeoutError(what, timeout)
  return new NetError(
    error.code === 'UND_ERR_SOCKET' ? 'CLOSED' : (error.code ?? 'HTTP'),
    `${what}: ${error.message}`,
    { cause: error },
  )
}
