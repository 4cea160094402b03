/** The device's end of its connection to a push service. */
import { NetError, TimeoutError } from '../net/errors.ts'
import type { Connection, Host } from '../net/host.ts'
import { issuedByAuthority } from '../tls/rules.ts'
import { Lines } from './lines.ts'
import { type Down, LINK_ALPN, LINK_MESSAGES, type Up } from './link-messages.ts'

export interface LinkAddress {
  host: Host
  /** Host of the lab. */
  to: string
  /** In the order in which they are tried. */
  ports: readonly number[]
  servername: string
  /** PEM */
  ca: string
  /** ms for each step. */
  timeout: number
  signal?: AbortSignal
}

export interface Link extends Line {
  readonly token: string
  /** ms between signs of life. */
  readonly keepAlive: number
  readonly port: number
  /** Resolves with the reason. */
  readonly closed: Promise<string>
  close(): void
}

/** Where a message came from, and how it is answered. */
export interface Line {
  readonly connection: Connection
  send(message: Up): void
}
type Heard = (message: Exclude<Down, { type: 'connected' }>, line: Line) => void

/** The first port by which the service answers. @throws NetError of the last one */
export async function openLink(address: LinkAddress, hello: Omit<Up<'connect'>, 'type'>, heard: Heard): Promise<Link> {
  let failure: unknown
  for (const port of address.ports) {
    try {
      return await openBy(port, address, hello, heard)
    } catch (error) {
      failure = error
      if (address.signal?.aborted) break
    }
  }
  throw failure
}

async function openBy(
  port: number,
  { host, to, servername, ca, timeout, signal }: LinkAddress,
  hello: Omit<Up<'connect'>, 'type'>,
  heard: Heard,
): Promise<Link> {
  const connection = await host.dial(
    { host: to, port },
    {
      tls: { servername, ca: [ca], rule: issuedByAuthority, alpn: [LINK_ALPN] },
      timeout,
      ...(signal ? { signal } : {}),
    },
  )
  const closed = Promise.withResolvers<string>()
  const answer = Promise.withResolvers<Down<'connected'>>()
  let reason = 'the push service has closed the connection'
  const abort = () => connection.close('reset')
  signal?.addEventListener('abort', abort)
  const lines: Lines<typeof LINK_MESSAGES.down> = new Lines({
    connection,
    schemas: LINK_MESSAGES.down,
    onMessage: message => {
      if (message.type === 'connected') return answer.resolve(message)
      if (message.type === 'error') {
        reason = message.reason
        answer.reject(new NetError(message.code, message.reason))
      }
      heard(message, { connection, send })
    },
    onRefused: (code, sentence) => {
      reason = sentence
      answer.reject(new NetError(code, sentence))
      connection.close()
    },
    onClosed: () => {
      signal?.removeEventListener('abort', abort)
      answer.reject(new NetError('CLOSED', `${to}:${port}: ${reason}`))
      closed.resolve(reason)
    },
  })
  const send = (message: Up) => lines.send(message)
  send({ type: 'connect', ...hello })
  if (hello.nonce !== undefined) connection.observe({ what: 'request-sent', detail: { nonce: hello.nonce } })
  const limit = setTimeout(
    () => answer.reject(new TimeoutError(`the answer of ${to}:${port} to connect`, timeout)),
    timeout,
  )
  try {
    const { token, keepAlive } = await answer.promise
    return { token, keepAlive, port, connection, send, closed: closed.promise, close: () => connection.close() }
  } catch (error) {
    connection.close()
    throw error
  } finally {
    clearTimeout(limit)
  }
}
