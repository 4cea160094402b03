/** What a reverse proxy publishes of a lab, and whom a device dials for it (schema 183056). Pure. */
import { flows } from '../catalogue/index.ts'
import type { Role } from '../catalogue/types.ts'
import type { Program } from './programs.ts'
import { hostNamed, hostsWithRole, programsOf, type Topology, type TopologyHost } from './topology.ts'

/** One published port, by its documented numbers. */
export interface Forward {
  port: number
  transport: 'tcp' | 'udp'
  /** The host behind it that answers. */
  to: string
  tls: boolean
  /** Ids of the arrows that come by it. */
  flows: string[]
}

/** The arrows that the schema draws through the proxy. 14000, 13291, 13299 and the KSN proxy stay inside (assumed: no page publishes them). */
const PUBLISHED: ReadonlySet<string> = new Set(['3', '4', '5', '9a', '14', '15a', '16', '17'])

const published = flows.filter(({ id }) => PUBLISHED.has(id))

/** Documented numbers that any lab may publish. */
export const publishedPorts = (): number[] => [
  ...new Set(published.flatMap(({ ports }) => ports.map(({ port }) => port))),
]

export const isReverseProxy = ({ runs }: Pick<TopologyHost, 'runs'>): boolean => runs.includes('reverse-proxy')

/** What a right configuration of it passes on: every published arrow of the topology that somebody begins behind it. */
export function forwardsOf(topology: Topology, proxy: Pick<TopologyHost, 'name'>): Forward[] {
  const behind = topology.hosts.filter(host => host.proxy === proxy.name)
  const found = new Map<string, Forward>()
  for (const { id, initiator, responder, ports, transport: of } of published) {
    if (!topology.arrows.includes(id) || !behind.some(host => plays(topology, host, initiator))) continue
    const transport = of === 'udp' ? 'udp' : 'tcp'
    for (const { port, tls } of ports) {
      const to = answering(topology, responder, port, transport)
      const key = `${port}/${transport}`
      const known = found.get(key)
      if (known) known.flows.push(id)
      else if (to) found.set(key, { port, transport, to: to.name, tls: tls === 'yes', flows: [id] })
    }
  }
  return [...found.values()]
}

const plays = (topology: Topology, host: TopologyHost, roles: readonly Role[]): boolean =>
  roles.some(role => hostsWithRole(topology, role).includes(host))

/** Of several Servers the primary one: a port leads to one host. */
function answering(topology: Topology, roles: readonly Role[], port: number, transport: 'tcp' | 'udp') {
  const listening = topology.hosts.filter(
    host =>
      plays(topology, host, roles) &&
      programsOf(host).some(({ ports }) => ports.some(one => one.port === port && one.transport === transport)),
  )
  return listening.find(({ secondary }) => secondary === undefined) ?? listening[0]
}

/** Whom a host dials for another one: the reverse proxy between them, or that one itself. Within its zone nothing stands between. */
export const wayTo = (topology: Topology, from: TopologyHost, to: TopologyHost): TopologyHost =>
  from.zone === to.zone ? to : (hostNamed(topology, from.proxy) ?? to)

/** Does what a host dials for another one lead there? */
export function leadsTo(
  topology: Topology,
  from: TopologyHost,
  to: TopologyHost,
  { port, transport }: Pick<Forward, 'port' | 'transport'>,
): boolean {
  const way = wayTo(topology, from, to)
  return (
    way === to ||
    forwardsOf(topology, way).some(one => one.to === to.name && one.port === port && one.transport === transport)
  )
}

/** `programsOf`, with the ports that a reverse proxy opens in this topology. */
export const listeningOf = (topology: Topology, host: TopologyHost): Program[] =>
  programsOf(host).map(program =>
    program.process === 'reverse-proxy' ? { ...program, ports: forwardsOf(topology, host) } : program,
  )
