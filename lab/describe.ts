/** What `topology NAME --json` and `up --json` say of a lab's hosts. Nothing is started. */
import { flowsFor } from '../shared/catalogue/index.ts'
import { type Forward, forwardsOf, isReverseProxy, listeningOf } from '../shared/config/published.ts'
import { addressOf, hostNamed, type Topology, type TopologyHost } from '../shared/config/topology.ts'
import type { Mode, Zone } from '../shared/config/zones.ts'

export interface DescribedListener {
  /** Arrows that end here. */
  flow: string[]
  process: string
  /** The number in the vendor's tables. */
  documented: number
  /** The number in this lab. */
  port: number
  transport: 'tcp' | 'udp'
  tls: boolean
  /** Of a listener that takes PROXY protocol headers. */
  proxyProtocol?: 'expected' | 'optional'
}

export interface DescribedHost {
  zone: Zone
  address: string
  runs: readonly string[]
  listeners: DescribedListener[]
  /** Whose PROXY protocol headers are believed here. */
  proxyProtocolFrom?: readonly string[]
  /** Of a reverse proxy: what a right configuration of it passes on. */
  forwards?: DescribedForward[]
}

export interface DescribedForward {
  /** The number in the vendor's tables. */
  documented: number
  port: number
  transport: 'tcp' | 'udp'
  to: string
  toAddress: string
  toPort: number
}

export const describeHosts = (topology: Topology, mode: Mode): Record<string, DescribedHost> =>
  Object.fromEntries(topology.hosts.map(host => [host.name, describeHost(topology, host, mode)]))

function describeHost(topology: Topology, host: TopologyHost, mode: Mode): DescribedHost {
  const forwards = isReverseProxy(host) ? forwardsOf(topology, host) : null
  const listeners = listeningOf(topology, host).flatMap(({ process, ports }) =>
    ports.map(({ port, transport, tls }) => ({
      flow:
        forwards?.find(one => one.port === port && one.transport === transport)?.flows ??
        arrowsTo(process, port, transport),
      process,
      documented: port,
      port: host.ports[port] ?? port,
      transport,
      tls,
      ...proxyProtocolAt(host, port, transport),
    })),
  )
  return {
    zone: host.zone,
    address: addressOf(mode, host),
    runs: host.runs,
    listeners,
    ...(listeners.some(({ proxyProtocol }) => proxyProtocol)
      ? { proxyProtocolFrom: host.proxyProtocol?.trusted ?? [] }
      : {}),
    ...(forwards ? { forwards: forwards.map(forward => describeForward(topology, host, forward, mode)) } : {}),
  }
}

function proxyProtocolAt(
  { proxyProtocol }: TopologyHost,
  port: number,
  transport: 'tcp' | 'udp',
): Pick<DescribedListener, 'proxyProtocol'> {
  const mode = transport === 'tcp' ? (proxyProtocol?.ports[port] ?? 'off') : 'off'
  return mode === 'off' ? {} : { proxyProtocol: mode }
}

function describeForward(topology: Topology, proxy: TopologyHost, forward: Forward, mode: Mode): DescribedForward {
  const { port, transport, to } = forward
  const target = hostNamed(topology, to) as TopologyHost
  return {
    documented: port,
    port: proxy.ports[port] ?? port,
    transport,
    to,
    toAddress: addressOf(mode, target),
    toPort: target.ports[port] ?? port,
  }
}

const arrowsTo = (process: string, port: number, transport: 'tcp' | 'udp'): string[] =>
  flowsFor({})
    .filter(
      flow =>
        (flow.transport === 'udp') === (transport === 'udp') &&
        flow.process.includes(process) &&
        flow.ports.some(listed => listed.port === port),
    )
    .map(({ id }) => id)
