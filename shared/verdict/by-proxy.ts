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
    ? `The proxy ${at} was asked for it and has not answered CONNECT.`
    : `The proxy ${at} had opened the way (HTTP ${status}).`
}

const LOOK = (at: string) =>
  `look into the log of the proxy ${at} (Squid: access.log, cache.log) for what it did with this CONNECT, and into the firewall behind it`
const POINT = (at: string) =>
  `point the proxy settings of the Server (KSC_LAB_FORWARD_PROXY) at the HTTP port of the proxy; at ${at} something else answers`

/** What ends or stays silent behind a proxy is looked for in the proxy. Of other words the advice is their own. */
const ADVICE: Readonly<Record<string, (at: string) => string>> = {
  silent: LOOK,
  closed: LOOK,
  reset: LOOK,
  stalled: LOOK,
  'request-lost': LOOK,
  'reply-lost': LOOK,
  'tls-refused': LOOK,
  'not-tls': LOOK,
  'wrong-responder': POINT,
}

export const proxyAdvice = (word: string, { at, asked }: ProxyFacts): { advice?: string } => {
  const advise = asked ? ADVICE[word] : undefined
  return advise ? { advice: advise(at) } : {}
}
