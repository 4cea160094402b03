/** The rules that the arrows of a topology need, as data. Every format writes the same ones. Pure. */
import { ConfigError } from '../../shared/config/error.ts'
import { addressOf, hostNamed, type Topology, type TopologyHost, titlesOf } from '../../shared/config/topology.ts'
import { MULTICAST_GROUP, networkOf, ZONES } from '../../shared/config/zones.ts'
import { onwardLeg } from '../legs.ts'
import type { FlowInstance } from '../plan.ts'
import { isMulticast } from '../relations.ts'

/** One connection that somebody has to let through, in the direction in which it is opened. */
export interface Rule {
  /** `klserver>gateway:13000/tcp`: the same in every format, and one of a kind. */
  key: string
  from: TopologyHost
  /** Whom the initiator dials: a gateway, where one carries the arrow. */
  to: TopologyHost
  source: string
  /** The address of `to`, or the multicast group in which it is a member. */
  target: string
  transport: 'tcp' | 'udp'
  /** The number in this lab. */
  port: number
  /** The number in the vendor's tables. */
  documented: number
  tls: boolean
  /** Every arrow between the two that needs it. */
  instances: readonly FlowInstance[]
}

export type RuleSet = { topology: Topology } & (
  | { at: 'firewall'; passing: readonly Rule[] }
  | { at: 'host'; host: TopologyHost; accepts: readonly Rule[]; opens: readonly Rule[] }
)

/**
 * For the firewall between the zones, or for one host's own, which its neighbours within the zone have to pass too.
 *
 * @throws ConfigError where the topology has no such host
 */
export function ruleSet(topology: Topology, instances: readonly FlowInstance[], hostName?: string): RuleSet {
  const rules = rulesOf(topology, instances)
  if (hostName === undefined)
    return { topology, at: 'firewall', passing: rules.filter(({ from, to }) => from.zone !== to.zone) }
  const host = hostNamed(topology, hostName)
  if (!host) {
    const names = topology.hosts.map(({ name }) => name).join(', ')
    throw new ConfigError(`--host ${hostName}: the topology has no such host; its hosts are ${names}`)
  }
  const accepts = rules.filter(({ to }) => to === host)
  return { topology, at: 'host', host, accepts, opens: rules.filter(({ from }) => from === host) }
}

function rulesOf(topology: Topology, instances: readonly FlowInstance[]): Rule[] {
  const rules = new Map<string, Rule>()
  for (const instance of instances.flatMap(one => [one, ...onwardLeg(topology, one)])) {
    const rule = ruleOf(topology, instance)
    if (!rule) continue
    const known = rules.get(rule.key)
    rules.set(rule.key, known ? { ...known, instances: [...known.instances, instance] } : rule)
  }
  return [...rules.values()]
}

/** None for what stays on one host, and for what leaves the lab. */
export function ruleOf(topology: Topology, instance: FlowInstance): Rule | null {
  const { initiator, dials, port: documented, transport, tls } = instance
  const [from, to] = [hostNamed(topology, initiator), hostNamed(topology, dials.host)]
  if (!from || !to || from === to || documented === null || transport === 'local') return null
  const port = to.ports[documented] ?? documented
  const [source = '', own = ''] = [from, to].map(host => addressOf('compose', host))
  const target = isMulticast(instance.flow.id) ? MULTICAST_GROUP : own
  const key = `${from.name}>${to.name}:${port}/${transport}`
  return { key, from, to, source, target, transport, port, documented, tls, instances: [instance] }
}

export const flowsOf = ({ instances }: Pick<Rule, 'instances'>): FlowInstance['flow'][] => [
  ...new Set(instances.map(({ flow }) => flow)),
]

const idsOf = (rule: Rule): string =>
  flowsOf(rule)
    .map(({ id }) => id)
    .join(' ')

/** Bytes of a comment that nft accepts; a longer one would cost the whole file. */
const COMMENT_LIMIT = 128

/** `4a 4a-data klserver -> gateway` */
export const commentOf = (rule: Rule): string =>
  `${idsOf(rule)} ${rule.from.name} -> ${rule.to.name}`.slice(0, COMMENT_LIMIT)

/** The command that writes the same again. */
export function commandOf(set: RuleSet, format?: string): string {
  const options = [`--topology ${set.topology.name}`]
  if (format !== undefined) options.push(`--format ${format}`)
  if (set.at === 'host') options.push(`--host ${set.host.name}`)
  return `ksc-lab rules ${options.join(' ')}`
}

/** What a file begins with: whose firewall it is, and how it is made again. */
export function headOf(set: RuleSet, format?: string): string[] {
  const { topology } = set
  const zones = ZONES.filter(zone => topology.hosts.some(host => host.zone === zone))
  const whose = set.at === 'host' ? `Firewall of ${describe(set.host)} in` : 'Firewall between the zones of'
  return [
    `${whose} "${topology.name}": ${topology.title}.`,
    `Written by: ${commandOf(set, format)}`,
    zones.map(zone => `${zone} ${networkOf('compose', zone)}`).join(', '),
    ...(set.at === 'host' ? [] : ['Arrows within one zone do not pass here and need no rule.']),
  ]
}

const describe = (host: TopologyHost): string =>
  `${host.name} (${titlesOf(host).join(', ')}; ${addressOf('compose', host)})`

/** `verify` asks the hosts of the containers by this network (compose.yaml), past every firewall that is to be tried. */
export const MANAGEMENT = { network: '198.18.0.0/24', comment: 'management of the lab; no real host needs it' }
