import type { ProxyFacts } from './facts.ts'
import type { Case } from './word.ts'

/** Where a forward proxy is on the way, an accusation names it, or the leg to it where that is what failed. */
export function byProxy(it: Case): Case {
  const { proxy } = it.facts
  if (proxy === null) return it
  const [, host = proxy.at, port] = /^(.*):(\d+)$/.exec(proxy.at) ?? []
  if (proxy.asked) return { ...it, between: `the proxy ${proxy.at}` }
  return { ...it, to: host, port: Number(port), carrier: null }
}

/** What the sentence of a word leaves out: that the way leads through a proxy, and what that one has said. */
export function proxyRemark({ at, asked, status }: ProxyFacts, { to, port }: Case): string {
  if (!asked) return `${to}:${port} is reached through this proxy.`
  return status === null
    ? `The proxy ${at} was asked for it and has not answered.`
    : `The proxy ${at} had opened the way (HTTP ${status}).`
}

/** What ends or stays silent behind a proxy is looked for in the proxy. */
export const PROXY_ADVICE = new Set([
  'silent',
  'closed',
  'reset',
  'stalled',
  'request-lost',
  'reply-lost',
  'tls-refused',
])
export const lookIntoProxy = ({ at }: ProxyFacts): string =>
  `look into the log of the proxy ${at} (Squid: access.log, cache.log) for what it did with this CONNECT, and into the firewall behind it`
