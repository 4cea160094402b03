/** Which hosts are drawn as one box. Pure. */
import type { Topology, TopologyHost } from '../../shared/config/topology.ts'
import type { Zone } from '../../shared/config/zones.ts'
import type { FlowInstance } from '../plan.ts'

export interface Box {
  id: string
  label: string
  zone: Zone
  members: readonly string[]
  /** The first of them; null where the box stands for a role that no host of this lab has. */
  host: TopologyHost | null
  absent: boolean
}

export function boxesOf(topology: Topology, instances: readonly FlowInstance[]): Box[] {
  const rings = ringsOf(instances)
  const telling = instances.filter(({ flow }) => !rings.has(flow.id))
  const equal = Map.groupBy(topology.hosts, host => signature(host, topology, telling))
  const present = [...equal.values()].map((hosts): Box => {
    const [host] = hosts as [TopologyHost]
    const members = hosts.map(({ name }) => name)
    return { id: host.name, label: labelOf(members), zone: host.zone, members, host, absent: false }
  })
  return [...present, ...absentBoxes(topology, instances)]
}

/** Where nobody in the lab answers, the role gets a box beside whoever asks for it: the arrow is documented all the same. */
function absentBoxes({ hosts }: Topology, instances: readonly FlowInstance[]): Box[] {
  const asked = instances
    .filter(({ responder }) => !hosts.some(({ name }) => name === responder))
    .map(({ initiator, responder }): Box => {
      const zone = hosts.find(({ name }) => name === initiator)?.zone ?? 'lan'
      return { id: `${responder}@${zone}`, label: responder, zone, members: [responder], host: null, absent: true }
    })
  return [...new Map(asked.map(box => [box.id, box])).values()]
}

/** Flows in which everybody asks a neighbour: who is whose says nothing of the hosts. */
function ringsOf(instances: readonly FlowInstance[]): Set<string> {
  const flows = [...Map.groupBy(instances, ({ flow }) => flow.id)]
  const rings = flows.filter(([, same]) => {
    const askers = new Set(same.map(({ initiator }) => initiator))
    const asked = new Set(same.map(({ responder }) => responder))
    const outward = same.every(({ initiator, responder }) => initiator !== responder)
    return outward && askers.size === asked.size && [...askers].every(name => asked.has(name))
  })
  return new Set(rings.map(([id]) => id))
}

const kindOf = ({ name: _name, number: _number, ...kind }: TopologyHost): string => JSON.stringify(kind)

/** Hosts with the same are drawn once; arrows between hosts of one kind (neighbours that query each other) do not tell them apart. */
function signature(host: TopologyHost, { hosts }: Topology, instances: readonly FlowInstance[]): string {
  const kind = kindOf(host)
  const peers = new Set(hosts.filter(other => kindOf(other) === kind).map(({ name }) => name))
  const seen = (name: string) => (peers.has(name) ? (name === host.name ? 'itself' : 'a peer') : name)
  const arrows = instances
    .filter(({ initiator, responder }) => [initiator, responder].includes(host.name))
    .map(({ flow, initiator, responder, port }) => [flow.id, seen(initiator), seen(responder), port].join(' '))
  return `${kind} ${[...new Set(arrows)].sort().join('; ')}`
}

function labelOf(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names[0]} … ${names.at(-1)} (${names.length})`
}
