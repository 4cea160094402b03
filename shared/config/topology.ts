/** A lab as data: zones, hosts, what they run, which arrows are exercised. See `topologies/*.yaml`. */
import type { Role } from '../catalogue/types.ts'
import {
  distributionPointMode,
  gatewayMode,
  ksnHttpsMode,
  mobileMode,
  type Program,
  type ProgramName,
  program,
  secondaryMode,
} from './programs.ts'
import { addressIn, type Mode, type Zone } from './zones.ts'

export interface TopologyHost {
  name: string
  zone: Zone
  /** Last octet in its zone. */
  number: number
  runs: readonly ProgramName[]
  /** Where it really is: a machine that is not the lab's own, which runs nothing of it. */
  elsewhere?: string
  /** Documented port to the number used in this lab, where an administrator has changed it. */
  ports: Readonly<Record<number, number>>
  /** Its Network Agent is a connection gateway: in a DMZ it waits for the Server, in a segment it keeps a connection to it. */
  gateway?: GatewayMode
  /** Its Network Agent is a distribution point for the devices of its zone. A gateway is one always. */
  distributionPoint?: boolean
  /** "Do not disconnect from the Administration Server" is set for its Network Agent. */
  keepConnection?: boolean
  /** Its KSN proxy, where it is not as `ksnOf` says by default. */
  ksn?: Partial<KsnSettings>
  /** Which of its listeners take PROXY protocol headers, and from whom. */
  proxyProtocol?: ProxyProtocolSetup
  /** The forward proxy by which this Server reaches the internet, and what it dials without it. */
  forwardProxy?: { url: string; bypass?: readonly string[] }
  /** The connection gateway by which this device reaches its Server. */
  through?: string
  /** The reverse proxy by which this host reaches what stands in other zones. */
  proxy?: string
  /** A device's Administration Server, or a secondary Server's primary; the only Server of the lab where it is not said. */
  server?: string
  /** A secondary Administration Server: `active` dials its primary, `passive` is dialled by it. */
  secondary?: 'active' | 'passive'
}

export const PROXY_PROTOCOL_MODES = ['expected', 'optional', 'off'] as const
export type ProxyProtocolMode = (typeof PROXY_PROTOCOL_MODES)[number]

export interface ProxyProtocolSetup {
  /** By documented TCP port; off for every other one. */
  ports: Readonly<Record<number, ProxyProtocolMode>>
  /** Addresses and networks whose headers are believed. */
  trusted: readonly string[]
}

/** Of a KSN proxy (KSCAPI a00220 on a Server, a00253 on a distribution point). */
export interface KsnSettings {
  enabled: boolean
  /** 17111. */
  https: boolean
  /** The KSN proxy of the Server above takes the place of KSN. */
  useServer: boolean
}

/** Who opens the connection between gateway and Server: `dmz`, the Server; `segment`, the gateway. */
export type GatewayMode = 'dmz' | 'segment'

export interface Topology {
  name: string
  title: string
  /** Help topic of the vendor's schema. */
  topic: number
  /** Ids of the catalogue's flows. */
  arrows: readonly string[]
  hosts: readonly TopologyHost[]
}

export const programsOf = (host: TopologyHost): Program[] => host.runs.map(name => asSetUp(program(name), host))

/** What a host is, for people. */
export const titlesOf = (host: TopologyHost): string[] =>
  host.runs
    .flatMap(name => [program(name), ...modesOf(program(name), host)])
    .filter(mode => mode !== mobileMode)
    .map(({ title }) => title)

/** What its host's settings add to a program: a Network Agent may answer others, a Server may belong to another. */
function modesOf({ process }: Program, host: TopologyHost): Program[] {
  const { gateway, secondary } = host
  if (process === 'klserver') return secondary ? [secondaryMode] : [mobileMode]
  if (process === 'ksnproxy') return ksnOf(host).https ? [ksnHttpsMode] : []
  if (process !== 'klnagent') return []
  return [...(gateway ? [gatewayMode] : []), ...(isDistributionPoint(host) ? [distributionPointMode] : [])]
}

function asSetUp(base: Program, host: TopologyHost): Program {
  if (base.process === 'ksnproxy' && !ksnOf(host).enabled) return { ...base, ports: [] }
  const { roles, ports, ...rest } = base
  const added = modesOf(base, host)
  const all = [...ports, ...added.flatMap(mode => mode.ports)]
  return {
    ...rest,
    roles: [...roles, ...added.flatMap(mode => mode.roles)],
    ports: all.filter(
      (one, at) => all.findIndex(({ port, transport }) => port === one.port && transport === one.transport) === at,
    ),
  }
}

/** On a Server it is on, on a distribution point it is off and uses the Server's as KSN; HTTPS is off on both. */
export const ksnOf = ({ runs, ksn }: TopologyHost): KsnSettings => {
  const atServer = runs.includes('klserver')
  return { enabled: runs.includes('ksnproxy') && atServer, https: false, useServer: !atServer, ...ksn }
}

export const rolesOf = (host: TopologyHost): Role[] => programsOf(host).flatMap(({ roles }) => roles)

/** A gateway is a distribution point always (topic 204420). */
export const isDistributionPoint = ({ gateway, distributionPoint }: TopologyHost): boolean =>
  gateway !== undefined || distributionPoint === true

/** May this host serve that one as its distribution point? One of the same zone and Server that is none itself. */
export const isServedBy = (topology: Topology, device: TopologyHost, point: TopologyHost): boolean =>
  isDistributionPoint(point) &&
  !isDistributionPoint(device) &&
  device.zone === point.zone &&
  serverOf(topology, device) === serverOf(topology, point)

export const isPrimary = ({ hosts }: Topology, { name }: TopologyHost): boolean =>
  hosts.some(host => host.secondary !== undefined && host.server === name)

/** The Administration Server that a device, a console or a secondary Server belongs to. */
export const serverOf = (topology: Topology, host: TopologyHost): TopologyHost | undefined => {
  const servers = topology.hosts.filter(({ runs, name }) => runs.includes('klserver') && name !== host.name)
  return servers.find(({ name }) => name === host.server) ?? servers.find(({ secondary }) => secondary === undefined)
}

export const hostNamed = ({ hosts }: Topology, name: string | undefined): TopologyHost | undefined =>
  hosts.find(host => host.name === name)

export const hostsWithRole = (topology: Topology, role: Role): TopologyHost[] =>
  topology.hosts.filter(host => (role === 'primary-server' ? isPrimary(topology, host) : rolesOf(host).includes(role)))

/** Those that the lab itself runs. @param external in whose places the user's own stand */
export const ownHosts = ({ hosts }: Topology, external: readonly string[] = []): TopologyHost[] =>
  hosts.filter(({ name, elsewhere }) => elsewhere === undefined && !external.includes(name))

/** An address; of a machine that is not the lab's own, perhaps a name. */
export const addressOf = (mode: Mode, { zone, number, elsewhere }: TopologyHost): string =>
  elsewhere ?? addressIn(mode, zone, number)

export const addressesOf = (topology: Topology, mode: Mode): Map<string, string> =>
  new Map(topology.hosts.map(host => [host.name, addressOf(mode, host)]))

/** The name by which a host is asked for in certificates, SNI and `Host` headers. `.test` never resolves in the world (RFC 6761). */
export const dnsName = (host: Pick<TopologyHost, 'name' | 'zone'>): string => `${host.name}.${host.zone}.ksc-lab.test`
