/** What must not pass: every documented port of every host, from every other zone in which no arrow may open it. Pure. */
import { flow as flowById, flows } from '../shared/catalogue/index.ts'
import type { Flow, KscVersion } from '../shared/catalogue/types.ts'
import { forwardsOf, isReverseProxy } from '../shared/config/published.ts'
import { dnsName, ownHosts, programsOf, type Topology, type TopologyHost } from '../shared/config/topology.ts'
import { ZONES } from '../shared/config/zones.ts'
import { onwardLeg } from './legs.ts'
import type { FlowInstance } from './plan.ts'

/**
 * @param allowed everything that the topology's arrows open, whatever part of it is exercised
 * @param external hosts in whose place the user's own stand: nobody there dials
 */
export function probes(
  topology: Topology,
  version: KscVersion,
  allowed: readonly FlowInstance[],
  external: readonly string[] = [],
): FlowInstance[] {
  const zoneOf = new Map(topology.hosts.map(({ name, zone }) => [name, zone]))
  const open = new Set(
    allowed
      .flatMap(one => [one, ...onwardLeg(topology, one)])
      .map(({ initiator, dials, transport }) => `${zoneOf.get(initiator)} ${dials.host}:${dials.port}/${transport}`),
  )
  const arrows = new Set(allowed.map(({ id }) => id))
  // The same two ends and port, past whoever carries the arrow.
  const named = (one: FlowInstance) => (arrows.has(one.id) ? { ...one, id: `${one.id}/direct` } : one)
  // Who else may reach a database server of the user's is not the lab's to say.
  return topology.hosts
    .filter(({ elsewhere }) => elsewhere === undefined)
    .flatMap(to =>
      ZONES.filter(zone => zone !== to.zone).flatMap(zone => {
        const from = ownHosts(topology, external).find(host => host.zone === zone)
        return from
          ? listened(topology, to, version).flatMap(at =>
              open.has(`${zone} ${to.name}:${at.port}/${at.transport}`) ? [] : [named(probe(from, to, at))],
            )
          : []
      }),
    )
}

interface Listened {
  flow: Flow
  port: number
  transport: 'tcp' | 'udp'
}

/** The ports of a host, each by the first documented flow that names it. */
const listened = (topology: Topology, host: TopologyHost, version: KscVersion): Listened[] =>
  isReverseProxy(host)
    ? forwarded(topology, host)
    : programsOf(host).flatMap(({ process, ports, roles }) =>
        ports.flatMap(({ port, transport }) => {
          const flow = flows.find(
            one =>
              one.versions.includes(version) &&
              one.transport === transport &&
              one.process.includes(process) &&
              // What stands outside is told apart by who it is.
              (process !== 'external' || one.responder.some(role => roles.includes(role))) &&
              one.ports.some(known => known.port === port),
          )
          return flow ? [{ flow, port, transport }] : []
        }),
      )

const forwarded = (topology: Topology, proxy: TopologyHost): Listened[] =>
  forwardsOf(topology, proxy).flatMap(({ flows: [id], port, transport }) =>
    id === undefined ? [] : [{ flow: flowById(id), port, transport }],
  )

const probe = (from: TopologyHost, to: TopologyHost, { flow, port, transport }: Listened): FlowInstance => ({
  id: `${flow.id}@${from.name}>${to.name}:${port}`,
  flow,
  initiator: from.name,
  responder: to.name,
  port,
  transport,
  // Nothing is said on it: that it opens is too much.
  tls: false,
  servername: dnsName(to),
  via: [],
  dials: { host: to.name, port },
  fallback: [],
  longLived: false,
  oneWay: false,
  unheard: false,
  expected: 'blocked',
})
