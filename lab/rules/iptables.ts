import { commentOf, headOf, MANAGEMENT, type Rule, type RuleSet } from './ruleset.ts'

type Chain = 'FORWARD' | 'INPUT' | 'OUTPUT'

/** A file for `iptables-restore`. It empties the chains that it fills and, with `--noflush`, leaves every other alone. */
export function iptables(set: RuleSet): string {
  const head = [
    ...headOf(set, 'iptables'),
    'Load it with: iptables-restore --noflush FILE. Loading it again replaces it.',
    `It is IPv4 only; against IPv6: ip6tables -P ${set.at === 'firewall' ? 'FORWARD' : 'INPUT'} DROP`,
  ]
  const lines = set.at === 'firewall' ? firewall(set.passing) : host(set)
  return `${[...head.map(line => `# ${line}`), '', '*filter', ...lines, 'COMMIT'].join('\n')}\n`
}

const firewall = (passing: readonly Rule[]): string[] => [
  ':FORWARD DROP [0:0]',
  '-F FORWARD',
  answers('FORWARD'),
  ...passing.map(rule => accept('FORWARD', rule)),
]

/** What a host opens is counted and not held: its own errands, as name lookups, are no arrows. */
const host = ({ accepts, opens }: Extract<RuleSet, { at: 'host' }>): string[] => [
  ':INPUT DROP [0:0]',
  ':OUTPUT ACCEPT [0:0]',
  '-F INPUT',
  '-F OUTPUT',
  answers('INPUT'),
  `-A INPUT -i lo ${comment('itself')} -j ACCEPT`,
  `-A INPUT -s ${MANAGEMENT.network} ${comment(MANAGEMENT.comment)} -j ACCEPT`,
  ...accepts.map(rule => accept('INPUT', rule)),
  ...opens.map(rule => accept('OUTPUT', rule)),
]

const comment = (text: string) => `-m comment --comment "${text}"`

const answers = (chain: Chain) =>
  `-A ${chain} -m conntrack --ctstate ESTABLISHED,RELATED ${comment('answers')} -j ACCEPT`

function accept(chain: Chain, rule: Rule): string {
  const { source, target, transport, port } = rule
  const match = `-s ${source}/32 -d ${target}/32 -p ${transport} -m ${transport} --dport ${port}`
  return `-A ${chain} ${match} -m conntrack --ctstate NEW ${comment(commentOf(rule))} -j ACCEPT`
}
