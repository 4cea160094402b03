/** Which arrows a topology exercises between which of its hosts. Pure; in process and in containers the same. */
import { flow as flowById } from '../shared/catalogue/index.ts'
import type { Flow, FlowPort, KscVersion, Role } from '../shared/catalogue/types.ts'
import { ConfigError } from '../shared/config/error.ts'
import { leadsTo, wayTo } from '../shared/config/published.ts'
import { dnsName, hostsWithRole, programsOf, type Topology, type TopologyHost } from '../shared/config/topology.ts'
import type { Target, Transport } from '../shared/net/host.ts'
import { isCarried, isMulticast, related } from './relations.ts'

/** One arrow between two hosts. */
export interface FlowInstance {
  /** `14@android-1>klserver:13292` */
  id: string
  flow: Flow
  initiator: string
  /** A host, or the role where the topology has no host for it (`dbms`). */
  responder: string
  /** The documented port; null for local exchange and where no port is used. */
  port: number | null
  /** Other ports of the responder by which the initiator comes where this one does not pass. */
  fallback: readonly number[]
  transport: Transport
  tls: boolean
  servername: string
  /** The hosts of the lab that carry it, in order. */
  via: readonly string[]
  /** Whom the initiator dials: the responder, or the first of `via`. */
  dials: Target
  /** Such a connection is kept open, mostly in silence: `verify --idle` holds it. */
  longLived: boolean
  /** Nothing is answered: arrival is all there is. */
  oneWay: boolean
  /** The responder is no host that the lab runs, and writes no journal. */
  unheard: boolean
  /** `blocked`: a probe of what no arrow may open. */
  expected: 'delivered' | 'blocked'
}

/** Flows without an answer: a shutdown notice is sent by a device that is going down; a network card and syslog answer nothing. */
const ONE_WAY = new Set(['3', 'x-wol', 'x-siem'])

/**
 * The signal connection; "do not disconnect" of devices, also by way of gateways, and of the gateway in a segment itself; the push server's; and
 * what Servers of a hierarchy keep between them; and those of phones to their push services.
 */
const LONG_LIVED = new Set([
  '4',
  '4a',
  '4a-agents',
  'x-gw-segment',
  'x-gw-segment-agents',
  'x-dp-push',
  'x-hier-dmz',
  '11',
  '13',
])

/** The order of exercise: 4 first, since it gives the agents what others use; 3 last, since it turns a device off. */
const rank = ({ flow }: FlowInstance): number => ({ '4': -1, '3': 1 })[flow.id] ?? 0

export function plan(topology: Topology, version: KscVersion, only?: readonly string[]): FlowInstance[] {
  for (const id of only ?? [])
    if (!topology.arrows.includes(id))
      throw new ConfigError(
        `--flow ${id}: topology ${topology.name} does not exercise it; its arrows are ${topology.arrows.join(', ')}`,
      )
  const arrows = topology.arrows.filter(id => !only || only.includes(id)).map(id => flowById(id))
  const instances = arrows
    .filter(({ versions }) => versions.includes(version))
    .flatMap(flow => instancesOf(flow, topology, version))
  return instances.sort((one, other) => rank(one) - rank(other))
}

function instancesOf(flow: Flow, topology: Topology, version: KscVersion): FlowInstance[] {
  const initiators = playing(topology, flow.initiator)
  if (flow.transport === 'local') return initiators.map(host => instance(topology, flow, host, host, 'local'))
  const transport = flow.transport === 'udp' ? 'udp' : 'tcp'
  const ports = flow.ports.filter(({ versions }) => !versions || versions.includes(version))
  const pairs = ports.flatMap(port => pairsFor(flow, topology, initiators, port, transport))
  if (pairs.length > 0 || playing(topology, flow.responder).length > 0) return pairs
  // Nobody in this lab answers it: the initiator says why that is right.
  return initiators.map(host => instance(topology, flow, host, { name: flow.responder[0] ?? 'nobody' }, transport))
}

function pairsFor(
  flow: Flow,
  topology: Topology,
  initiators: TopologyHost[],
  port: FlowPort,
  transport: 'tcp' | 'udp',
): FlowInstance[] {
  // What a gateway carries is answered by the Server behind it.
  const roles: readonly Role[] = isCarried(flow.id) ? ['administration-server'] : flow.responder
  const responders = playing(topology, roles).filter(
    host => isMulticast(flow.id) || listens(host, port.port, transport),
  )
  const pairs = initiators.flatMap(from =>
    responders
      .filter(to => related(flow.id, topology, from, to) && leadsTo(topology, from, to, { port: port.port, transport }))
      .map(to => ({ from, to })),
  )
  // Neighbours query each other in a ring: every host asks and is asked once, not everybody everybody.
  const kept = sameHosts(initiators, responders) ? pairs.filter(pair => isNext(pair, pairs)) : pairs
  return kept.map(({ from, to }) => instance(topology, flow, from, to, transport, port))
}

/** The role for which the topology has no host. */
interface Nobody {
  name: string
  zone?: never
}

interface Pair {
  from: TopologyHost
  to: TopologyHost
}

/** The first partner after oneself, and past the last the first one of all. */
function isNext({ from, to }: Pair, pairs: readonly Pair[]): boolean {
  const group = pairs.filter(pair => pair.from === from).map(pair => pair.to)
  const ring = [...new Set([from, ...group])].sort((one, other) => one.number - other.number)
  return ring[(ring.indexOf(from) + 1) % ring.length] === to
}

const listens = (host: TopologyHost, port: number, transport: 'tcp' | 'udp'): boolean =>
  programsOf(host).some(({ ports }) => ports.some(one => one.port === port && one.transport === transport))

const playing = (topology: Topology, roles: readonly Role[]): TopologyHost[] =>
  topology.hosts.filter(host => roles.some(role => hostsWithRole(topology, role).includes(host)))

const sameHosts = (some: TopologyHost[], others: TopologyHost[]): boolean =>
  some.length === others.length && some.every(host => others.includes(host))

function instance(
  topology: Topology,
  flow: Flow,
  from: TopologyHost,
  to: TopologyHost | Nobody,
  transport: Transport,
  port?: FlowPort,
): FlowInstance {
  const way: TopologyHost | Nobody = to.zone && port ? wayTo(topology, from, to) : to
  const carried = isCarried(flow.id) && from.through !== undefined
  const via = carried ? [from.through ?? ''] : way === to ? [] : [way.name]
  const number = port?.port ?? null
  return {
    id: `${flow.id}@${from.name}>${to.name}${number === null ? '' : `:${number}`}`,
    flow,
    initiator: from.name,
    responder: to.name,
    port: number,
    fallback: flow.fallback?.map(one => one.port) ?? [],
    transport,
    tls: port?.tls === 'yes',
    // Behind a reverse proxy the name that is published is its own.
    servername: way.zone ? dnsName(way) : '',
    via,
    dials: { host: via[0] ?? to.name, port: number ?? 0 },
    longLived: LONG_LIVED.has(flow.id),
    oneWay: ONE_WAY.has(flow.id),
    unheard: !to.zone || to.elsewhere !== undefined,
    expected: 'delivered',
  }
}
