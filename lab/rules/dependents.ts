/** Which rows of the matrix turn red when one rule is taken away. Pure; whoever tries it has something to compare with. */
import { hostNamed, serverOf, type Topology } from '../../shared/config/topology.ts'
import { onwardLeg } from '../legs.ts'
import type { FlowInstance } from '../plan.ts'
import { matchOf } from './nftables.ts'
import { commentOf, type Rule, ruleOf, ruleSet } from './ruleset.ts'

/** What a gateway carries rests on the connections between it and the Server, whoever of the two opens them. */
const CARRYING: Readonly<Record<string, readonly string[]>> = {
  '4a-agents': ['4a', '4a-data'],
  'x-gw-segment-agents': ['x-gw-segment'],
  '14': ['4a', '4a-data'],
  // The point has its wake-ups sealed by the Server, and is told by it who has come.
  'x-dp-udp': ['4', '4a', '4a-data', 'x-gw-segment'],
}

/** What is answered by the Kaspersky servers: whoever is asked passes it on by its own arrow 8. */
const PASSED_ON = new Set(['5', '15a', 'x-ksn-tcp', 'x-ksn-udp', 'x-ksn-https'])

/** Keys of the firewall's rules to the ids of the instances that need them, in the order of the plan. */
export const dependents = (topology: Topology, instances: readonly FlowInstance[]): Map<string, string[]> =>
  new Map(firewallRules(topology, instances).map(({ key }) => [key, rowsOf(key, topology, instances)]))

function firewallRules(topology: Topology, instances: readonly FlowInstance[]): readonly Rule[] {
  const set = ruleSet(topology, instances)
  return set.at === 'firewall' ? set.passing : []
}

const rowsOf = (key: string, topology: Topology, instances: readonly FlowInstance[]): string[] =>
  instances
    .filter(instance => legsOf(topology, instance, instances).some(leg => ruleOf(topology, leg)?.key === key))
    .map(({ id }) => id)

/** Its own way, the ways of those that carry it, and the way that its request is passed on. */
function legsOf(topology: Topology, instance: FlowInstance, instances: readonly FlowInstance[]): FlowInstance[] {
  const { flow, initiator, responder, via } = instance
  const self = flow.id === 'x-dp-udp' ? hostNamed(topology, initiator) : undefined
  const [carriers, server] = self ? [[initiator], serverOf(topology, self)?.name ?? ''] : [via, responder]
  const carrying = (other: FlowInstance) => CARRYING[flow.id]?.includes(other.flow.id) ?? false
  const passedOn = (other: FlowInstance) =>
    PASSED_ON.has(flow.id) && other.flow.id === '8' && other.initiator === responder
  return [
    instance,
    ...onwardLeg(topology, instance),
    ...instances.filter(other => (carrying(other) && joins(other, carriers, server)) || passedOn(other)),
  ]
}

const joins = ({ initiator, responder }: FlowInstance, gateways: readonly string[], server: string): boolean =>
  (gateways.includes(initiator) && responder === server) || (initiator === server && gateways.includes(responder))

export interface Mutation {
  /** `klserver>gateway:13000/tcp` */
  key: string
  /** As in the file; two ports between the same hosts may share it. */
  comment: string
  /** Finds exactly one rule, in the file and in `nft -a list ruleset`, which prints its handle. */
  match: string
  /** Ids of the rows that are not delivered without it. */
  rows: string[]
}

export function mutations(topology: Topology, instances: readonly FlowInstance[]): Mutation[] {
  const rows = dependents(topology, instances)
  return firewallRules(topology, instances).map(rule => ({
    key: rule.key,
    comment: commentOf(rule),
    match: matchOf(rule),
    rows: rows.get(rule.key) ?? [],
  }))
}

/** The rule, and under it the rows: a rule may hold a dozen. */
export const mutationTable = (topology: Topology, list: readonly Mutation[]): string =>
  `${topology.name}: without this rule these rows are not delivered

${list.map(({ key, match, rows }) => `${key}  (${match})\n${rows.map(id => `  ${id}\n`).join('')}`).join('\n')}`
