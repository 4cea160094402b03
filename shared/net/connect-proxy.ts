import type { Socket } from 'node:net'
import type { ForwardProxy } from '../config/forward-proxy.ts'
import type { Endpoint } from '../journal/observation.ts'
import { NetError } from './errors.ts'
import { readBytes } from './read-bytes.ts'
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
    const what = `the answer of the proxy ${at} to CONNECT ${to}`
    const answer = (await readBytes(raw, headLength, { what, timeout, signal })).toString('latin1')
    const head = answer.endsWith(END) ? answer : ''
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
  } catch (error) {
    raw.destroy()
    throw error
  }
}

/** Bytes of the head of an answer; all of them where it is none: what does not begin as HTTP does will not become it. */
function headLength(bytes: Buffer): number {
  const end = bytes.indexOf(END)
  if (end >= 0) return end + END.length
  const foreign = bytes.length >= 5 && bytes.subarray(0, 5).toString('latin1') !== 'HTTP/'
  return foreign || bytes.length > LONGEST_HEAD ? bytes.length : bytes.length + 1
}
