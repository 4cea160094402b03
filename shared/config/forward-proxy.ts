import type { ServiceContext } from '../service.ts'
import { ConfigError } from './error.ts'
import { hostNamed } from './topology.ts'

/** The proxy by which a Server reaches the internet (KSCAPI a00214, KLSRV_PROXY_SECTION). */
export interface ForwardProxy {
  host: string
  port: number
  /** Basic authentication, or null. */
  login: { user: string; password: string } | null
  /** What is dialled without it: names and addresses, `*` for any part (KSC itself knows only "local addresses"; wildcards are assumed). */
  bypass: readonly string[]
}

export const PROXY_EXPECTED = 'http://host:port or http://user:password@host:port'
export const BYPASS_EXPECTED = 'names or addresses, `*` for any part of one (`*.lan.ksc-lab.test`, `10.*`)'

/** Letters of names and addresses, and the wildcard; at most a DNS name long. */
const PATTERN = /^[a-z0-9.*:_-]{1,255}$/i
export const isBypassPattern = (text: string): boolean => PATTERN.test(text)

/** The parts of a proxy's URL, or undefined where it is none. A port is always written: proxies have no usual one. */
export function readProxyUrl(text: string): Omit<ForwardProxy, 'bypass'> | undefined {
  // URL hides a port of 80, the usual one of the scheme.
  const match = /^http:\/\/(?:[^\s/?#@]*@)?(?:\[[^\]]+\]|[^\s:/?#@]+):(\d{1,5})\/?$/i.exec(text)
  const url = match && URL.parse(text)
  const port = Number(match?.[1])
  if (!url || port < 1 || port > 65_535) return undefined
  try {
    const [user, password] = [url.username, url.password].map(decodeURIComponent)
    // RFC 7617: the first colon ends the user's name, so that it can hold none.
    if (user?.includes(':')) return undefined
    return {
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port,
      login: user ? { user, password: password ?? '' } : null,
    }
  } catch {
    return undefined
  }
}

/** For messages: the password is nobody's business. */
export const withoutPassword = (text: string): string => text.replace(/:[^:@/]*@/, ':***@')

/** The forward proxy of this host: as the settings say, else as its topology does. @throws ConfigError */
export function forwardProxyOf({
  host,
  topology,
  settings,
}: Pick<ServiceContext, 'host' | 'topology' | 'settings'>): ForwardProxy | null {
  const own = hostNamed(topology, host.name)?.forwardProxy
  const url = settings.forwardProxy ?? own?.url
  if (url === undefined) return null
  const read = readProxyUrl(url)
  if (!read)
    throw new ConfigError(`settings: forwardProxy ${JSON.stringify(withoutPassword(url))}: expected: ${PROXY_EXPECTED}`)
  const bypass = settings.forwardProxyBypass.length > 0 ? settings.forwardProxyBypass : (own?.bypass ?? [])
  const wrong = bypass.find(pattern => !isBypassPattern(pattern))
  if (wrong !== undefined)
    throw new ConfigError(`settings: forwardProxyBypass ${JSON.stringify(wrong)}: expected: ${BYPASS_EXPECTED}`)
  return { ...read, bypass }
}

/** Does the bypass list name one of these? Case does not count; `*` is any number of characters, dots too. */
export const isBypassed = (bypass: readonly string[], names: readonly (string | undefined)[]): boolean =>
  bypass.some(pattern => {
    const words = pattern.split('*').map(word => word.replace(/[.]/g, '\\.'))
    const whole = new RegExp(`^${words.join('.*')}$`, 'i')
    return names.some(name => name !== undefined && whole.test(name))
  })
