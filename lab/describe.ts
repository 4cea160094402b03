/** What `topology NAME --json` and `up --json` say of a lab's hosts. Nothing is started. */
import { flowsFor } from '../shared/catalogue/index.ts'
import { programsOf, type Topology, type TopologyHost } from '../shared/config/topology.ts'
import { addressIn, type Mode, type Zone } from '../shared/config/zones.ts'

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
}

export interface DescribedHost {
  zone: Zone
  address: string
  runs: readonly string[]
  listeners: DescribedListener[]
}

export const describeHosts = (topology: Topology, mode: Mode): Record<string, DescribedHost> =>
  Object.fromEntries(topology.hosts.map(host => [host.name, describeHost(host, mode)]))

function describeHost(host: TopologyHost, mode: Mode): DescribedHost {
  const listeners = programsOf(host).flatMap(({ process, ports }) =>
    ports.map(({ port, transport, tls }) => ({
      flow: arrowsTo(process, port, transport),
      process,
      documented: port,
      port: host.ports[port] ?? port,
      transport,
      tls,
    })),
  )
  return { zone: host.zone, address: addressIn(mode, host.zone, host.number), runs: host.runs, listeners }
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
