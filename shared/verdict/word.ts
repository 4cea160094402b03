import type { Facts } from './facts.ts'
import type { Ruling } from './ruling.ts'

export interface Carrier {
  name: string
  /** `connection gateway` */
  title: string
}

/** Who and where, for the sentences. */
export interface Case {
  from: string
  to: string
  /** The documented port; null for exchange inside one device and for flows without one. */
  port: number | null
  transport: 'tcp' | 'udp' | 'local'
  /** Where it really went: `127.10.0.10:13000`. */
  at: string
  /** The box between them where the topology knows one, else `whatever stands between them`. */
  between: string
  /** The connection gateway, or the lab's own reverse proxy, that carries it; null where there is none, or the user's own. */
  carrier: Carrier | null
  /** What the firewall itself says, where it was asked. */
  ruling?: Ruling
  facts: Facts
}

/** One verdict: when it is drawn, and what is said of it. */
export interface Word<Name extends string = string> {
  word: Name
  /** What both ends together say; the first sentence of its section in docs/verdicts.md. */
  means: string
  when(facts: Facts): boolean
  /** One sentence that names the two ends and the box between them. */
  explain(it: Case): string
  /** The smallest rule or directive that would mend it; empty where nothing is to be mended. */
  advise(it: Case): string
}

/** `klserver:13000/tcp` */
export const target = ({ to, port, transport }: Case): string =>
  port === null ? `the local ${to}` : `${to}:${port}/${transport}`

/** Of the responder, where it would have written that down. */
export const sawNothing = ({ to, facts }: Case): string => (facts.unheard ? '' : ` and ${to} saw nothing`)

/** The nftables rule that lets this arrow pass. */
export const allowRule = ({ at, port, transport }: Case): string =>
  `nftables: \`ip daddr ${at.replace(/:\d+$/, '')} ${transport} dport ${/:(\d+)$/.exec(at)?.[1] ?? port} accept\` in the forward chain`

/** Where the firewall has named a rule, the new one has to stand before it; a policy comes after all rules. */
export const allowBefore = ({ ruling }: Case): string => {
  const [rule] = ruling?.by ?? []
  return rule && rule.rule !== null ? ' before that rule' : ''
}

/** What to look at where the firewall lets it pass. */
export const behind = ({ to, at }: Case): string =>
  `look behind the firewall: its route (\`ip route get ${at.replace(/:\d+$/, '')}\` there), and the address and the own firewall of ${to}`
