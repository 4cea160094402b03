import { lookup } from 'node:dns/promises'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { isBypassed } from '../config/forward-proxy.ts'
import { now } from '../journal/clock.ts'
import type { Endpoint } from '../journal/observation.ts'
import { connectThrough } from './connect-proxy.ts'
import { established, localOf, remoteOf } from './connection.ts'
import { NetError, TimeoutError } from './errors.ts'
import type { Connection, DialOptions, TlsClientOptions } from './host.ts'
import type { Scribe } from './scribe.ts'
import { startTls } from './tls-client.ts'
import { firstOf } from './wait.ts'

/** Agent connect timeout as klnagchk prints it (30 s). */
export const CONNECT_TIMEOUT = 30_000

interface Dialling {
  scribe: Scribe
  /** For people: `klserver:13000`. */
  to: string
  place: Endpoint
  /** The name by which a proxy is asked for it; absent: by its address. */
  name?: string | undefined
  /** Local address to dial from, or null. */
  source: string | null
  options: DialOptions
}

/** Name, TCP, a proxy's CONNECT where one is on the way, TLS: each step journalled, each with the same time-out. */
export async function dial({ scribe, to, place, name, source, options }: Dialling): Promise<Connection> {
  const { timeout = CONNECT_TIMEOUT, signal, through } = options
  const proxy = through && !isBypassed(through.bypass, [to.replace(/:\d+$/, ''), name, place.address]) ? through : null
  const first = proxy ? { address: proxy.host, port: proxy.port } : place
  const at = `${first.address}:${first.port}`
  const by = proxy ? { proxy: at } : {}
  const address = await resolve(scribe, first.address, timeout, signal, by)
  scribe.observe({ what: 'connecting', detail: { to, address, port: first.port, ...by } })
  const raw = await connect(scribe, proxy ? at : to, { address, port: first.port }, source, timeout, signal)
  const ends = { local: localOf(raw), remote: remoteOf(raw) }
  scribe.observe({ what: 'connected', detail: ends })
  if (proxy)
    await connectThrough({
      ...{ scribe, raw, proxy, timeout, signal },
      target: { address: name ?? place.address, port: place.port },
    })
  if (!options.tls) return established({ scribe, end: 'initiator', stream: raw, raw, ...ends })
  if (options.tls.preface) await askForTls(options.tls.preface, { scribe, raw, timeout, signal })
  const { stream, certificate } = await startTls({ scribe, raw, to, tls: options.tls, timeout, signal })
  return established({ scribe, end: 'initiator', stream, raw, ...ends, certificate })
}

async function askForTls(
  preface: NonNullable<TlsClientOptions['preface']>,
  { scribe, raw, timeout, signal }: { scribe: Scribe; raw: Socket; timeout: number; signal: AbortSignal | undefined },
): Promise<void> {
  try {
    await preface(raw, { timeout, signal })
  } catch (error) {
    const { code = 'ABORTED', message } = error as NodeJS.ErrnoException
    scribe.observe({ what: 'tls-failed', detail: { code, message, alert: null } })
    raw.destroy()
    throw error
  }
}

async function resolve(
  scribe: Scribe,
  name: string,
  timeout: number,
  signal: AbortSignal | undefined,
  by: { proxy?: string },
): Promise<string> {
  if (isIP(name)) return name
  const limit = Promise.withResolvers<never>()
  const stop = () => limit.reject(new NetError('ABORTED', `resolving ${name}: stopped`, { cause: signal?.reason }))
  if (signal?.aborted) stop()
  else signal?.addEventListener('abort', stop)
  const timer = setTimeout(() => limit.reject(new TimeoutError(`resolving ${name}`, timeout)), timeout)
  try {
    return (await Promise.race([limit.promise, lookup(name)])).address
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'TIMEOUT'
    scribe.observe({ what: 'resolve-failed', detail: { name, code, ...by } })
    throw new NetError(code, `the name ${name} is not resolved (${code})`, { cause })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}

async function connect(
  scribe: Scribe,
  to: string,
  { address, port }: Endpoint,
  source: string | null,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  const startedAt = now()
  // A loopback source towards a non-loopback target (a user's own box) would be refused by the kernel.
  const from =
    source !== null && isIP(address) === 4 && address.startsWith('127.') === source.startsWith('127.')
      ? source
      : undefined
  const socket = connectTcp({
    host: address,
    port,
    noDelay: true,
    ...(from === undefined ? {} : { localAddress: from }),
  })
  socket.on('error', () => {})
  try {
    await firstOf(socket, 'connect', { timeout, what: `connecting to ${to}`, signal })
    return socket
  } catch (cause) {
    socket.destroy()
    const code = (cause as NodeJS.ErrnoException).code ?? 'ABORTED'
    scribe.observe({ what: 'connect-failed', detail: { code, after: Math.round(now() - startedAt) } })
    throw cause instanceof NetError ? cause : new NetError(code, `${to} at ${address}:${port}: ${code}`, { cause })
  }
}
