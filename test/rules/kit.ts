import { plan } from '../../lab/plan.ts'
import { type RuleSet, ruleSet } from '../../lab/rules/ruleset.ts'
import { loadTopology, topologyNames } from '../../lab/topologies.ts'
import type { Topology } from '../../shared/config/topology.ts'

export const rulesOf = (topology: Topology | string, host?: string): RuleSet => {
  const read = typeof topology === 'string' ? loadTopology(topology) : topology
  return ruleSet(read, plan(read, '14.2'), host)
}

/** The LAN lab with one port changed by an administrator. */
export function moved(name: string, ports: Record<number, number>): Topology {
  const lan = loadTopology('lan')
  return { ...lan, hosts: lan.hosts.map(host => (host.name === name ? { ...host, ports } : host)) }
}

/** Every file that can be asked for: of the firewall and of each host, in each shipped topology. */
export const everySet = (): [string, RuleSet][] =>
  topologyNames().flatMap(name => [
    [name, rulesOf(name)] as [string, RuleSet],
    ...loadTopology(name).hosts.map(host => [`${name}, ${host.name}`, rulesOf(name, host.name)] as [string, RuleSet]),
  ])
