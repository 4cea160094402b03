import type { Socket } from 'node:net'
import type { ForwardProxy } from '../config/forward-proxy.ts'
import type { Endpoint } from '../journal/observation.ts'
import { NetError, TimeoutError } from './errors.ts'
import type { Scribe } from './scribe.ts'

/** An answer to CONNECT has a head of a few hundred bytes; Node's own limit for one is the same. */
const LONGEST_HEAD = 16 * 1024
const END = '\r\n\r\n'

interface Connecting {
  scribe: Scribe
  /** Connected to the proxy. */
  raw: Socket
  proxy: ForwardProxy
  /** As the proxy is asked for it: a name where there is one, which is then the proxy's to resolve. */
  target: Endpoint
  timeout: number
  signal: AbortSignal | undefined
}

/** CONNECT (RFC 9110 section 9.3.6): resolves when the proxy has opened the way; from then on the bytes are the target's. */
export async function connectThrough({ scribe, raw, proxy, target, timeout, signal }: Connecting): Promise<void> {
  const at = `${proxy.host}:${proxy.port}`
  const to = `${target.address.includes(':') ? `[${target.address}]` : target.address}:${target.port}`
  const { login } = proxy
  scribe.observe({ what: 'proxy-connect', detail: { proxy: at, to, user: login?.user ?? null } })
  const basic = login && Buffer.from(`${login.user}:${login.password}`).toString('base64')
  const lines = [`CONNECT ${to} HTTP/1.1`, `Host: ${to}`, ...(basic ? [`Proxy-Authorization: Basic ${basic}`] : [])]
  raw.write(`${lines.join('\r\n')}${END}`)
  try {
    const { head, rest } = await readHead(raw, `the answer of the proxy ${at} to CONNECT ${to}`, timeout, signal)
    const [, status, reason = ''] = /^HTTP\/1\.[01] (\d{3})(?: ([^\r\n]*))?/.exec(head) ?? []
    if (status === undefined) {
      const message = `what stands at ${at} does not answer CONNECT as an HTTP proxy does`
      scribe.observe({ what: 'message-refused', detail: { code: 'NOT_HTTP', message } })
      throw new NetError('NOT_HTTP', message)
    }
    const header = (name: string) => new RegExp(`\r\n${name}:[ \t]*([^\r\n]*)`, 'i').exec(head)?.[1]?.trim() ?? null
    scribe.observe({
      what: 'proxy-answer',
      detail: {
        status: Number(status),
        server: header('server'),
        authenticate: header('proxy-authenticate'),
        error: header('x-squid-error'),
      },
    })
    // Any 2xx opens the tunnel.
    if (!status.startsWith('2'))
      throw new NetError('HTTP', `the proxy ${at} answered CONNECT ${to} with ${status} ${reason}`.trimEnd())
    if (rest.length > 0) raw.unshift(rest)
  } catch (error) {
    raw.destroy()
    throw error
  }
}

function readHead(
  raw: Socket,
  what: string,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<{ head: string; rest: Buffer }> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    const settle = (finish: () => void) => {
      clearTimeout(timer)
      raw.off('readable', onReadable).off('end', onEnd).off('error', onError)
      signal?.removeEventListener('abort', onAbort)
      finish()
    }
    const onReadable = () => {
      for (let chunk: Buffer | null = raw.read(); chunk !== null; chunk = raw.read())
        bytes = Buffer.concat([bytes, chunk])
      const end = bytes.indexOf(END)
      // What does not begin as HTTP does will not become it.
      const foreign = bytes.length >= 5 && bytes.subarray(0, 5).toString('latin1') !== 'HTTP/'
      if (end < 0 && bytes.length <= LONGEST_HEAD && !foreign) return
      const head = bytes.subarray(0, Math.max(end, 0)).toString('latin1')
      settle(() => resolve({ head, rest: bytes.subarray(end < 0 ? bytes.length : end + END.length) }))
    }
    const onEnd = () => settle(() => reject(new NetError('CLOSED', `${what}: the connection was closed`)))
    const onError = (cause: NodeJS.ErrnoException) =>
      settle(() => reject(new NetError(cause.code ?? 'CLOSED', `${what}: ${cause.message}`, { cause })))
    const onAbort = () => settle(() => reject(new NetError('ABORTED', `${what}: stopped`, { cause: signal?.reason })))
    const timer = setTimeout(() => settle(() => reject(new TimeoutError(what, timeout))), timeout)
    raw.on('readable', onReadable).once('end', onEnd).once('error', onError)
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort)
  })
}
