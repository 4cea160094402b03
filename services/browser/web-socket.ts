import type { IncomingMessage } from 'node:http'
import { type ClientOptions, WebSocket } from 'ws'
import { NONCE_HEADER } from '../../shared/http/nonce.ts'
import { requestSight } from '../../shared/http/sights.ts'
import { NetError, TimeoutError } from '../../shared/net/errors.ts'
import type { Connection } from '../../shared/net/host.ts'

type TlsSocket = ReturnType<NonNullable<ClientOptions['createConnection']>>

/** ms for the peer's part of the closing handshake. */
const GRACE = 1_000

interface Exchange {
  nonce: string
  /** ms for the upgrade and for the echo, each. */
  timeout: number
  signal: AbortSignal
}

/**
 * Upgrades the connection to a WebSocket, sends `{"nonce": ...}` and waits for the same back. Nothing of it is open afterwards.
 *
 * @throws NetError `UPGRADE_REFUSED` for any answer but 101, `NO_NONCE` for another echo, `CLOSED`, and TimeoutError.
 */
export async function exchangeNonce(
  connection: Connection,
  url: string,
  { nonce, timeout, signal }: Exchange,
): Promise<void> {
  const headers = { [NONCE_HEADER]: nonce, origin: new URL(url).origin.replace('wss:', 'https:') }
  const socket = new WebSocket(url, {
    // TLS is done already, so what `ws` takes for the socket below is the TLS socket itself.
    createConnection: () => connection.stream as TlsSocket,
    perMessageDeflate: false,
    followRedirects: false,
    headers,
  })
  const { pathname, host } = new URL(url)
  connection.observe(
    requestSight({
      method: 'GET',
      url: pathname,
      version: '1.1',
      headers: { host, ...headers, upgrade: 'websocket', connection: 'Upgrade' },
    }),
  )
  socket.once('unexpected-response', (_request, { statusCode = 0, headers: given }: IncomingMessage) =>
    connection.observe({
      what: 'upgrade-answer',
      detail: {
        status: statusCode,
        server: given.server === undefined ? null : String(given.server),
        own: given[NONCE_HEADER] === nonce,
      },
    }),
  )
  const step = steps(socket, timeout, signal)
  try {
    await step<void>(`the upgrade of ${url}`, done => socket.once('open', done))
    socket.send(JSON.stringify({ nonce }))
    connection.observe({ what: 'request-sent', detail: { nonce } })
    const echo = await step<string>('the echo of the WebSocket', done => {
      socket.once('message', data => done(data.toString()))
    })
    if (echo !== JSON.stringify({ nonce }))
      throw new NetError('NO_NONCE', `the WebSocket sent ${echo.slice(0, 80)} instead of the nonce`)
    connection.observe({ what: 'reply-received', detail: { nonce } })
    await farewell(socket)
  } finally {
    socket.terminate()
    connection.close()
  }
}

/** Waits for one event of the socket after another; its failure, a time-out or an abort ends any of them. */
function steps(socket: WebSocket, timeout: number, signal: AbortSignal) {
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => {})
  const abort = () => failed.reject(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  socket.once('unexpected-response', (_request, answer) => failed.reject(refusal(answer)))
  socket.on('error', (error: NodeJS.ErrnoException) =>
    failed.reject(new NetError(error.code ?? 'WEBSOCKET', `the WebSocket failed: ${error.message}`, { cause: error })),
  )
  socket.once('close', code => {
    signal.removeEventListener('abort', abort)
    failed.reject(new NetError('CLOSED', `the WebSocket was closed (${code}) before the nonce came back`))
  })
  return async <T>(what: string, listen: (done: (value: T) => void) => void): Promise<T> => {
    const arrived = Promise.withResolvers<T>()
    const timer = setTimeout(() => failed.reject(new TimeoutError(what, timeout)), timeout)
    listen(arrived.resolve)
    return Promise.race([arrived.promise, failed.promise]).finally(() => clearTimeout(timer))
  }
}

/** The answer is there already; how the farewell goes decides nothing. */
async function farewell(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  const timer = setTimeout(() => socket.terminate(), GRACE)
  socket.close(1000)
  await closed
  clearTimeout(timer)
}

function refusal(answer: IncomingMessage): NetError {
  answer.resume()
  const by = answer.headers.server === undefined ? '' : `, answered by "${answer.headers.server}"`
  return new NetError(
    'UPGRADE_REFUSED',
    `the upgrade to a WebSocket was answered with HTTP ${answer.statusCode} instead of 101${by}`,
  )
}
