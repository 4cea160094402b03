/** Which listeners take PROXY protocol headers, from the topology and from the settings. */
import { addressSet } from '../net/address-set.ts'
import type { ProxyProtocol } from '../net/host.ts'
import type { ServiceSettings } from '../service.ts'
import { ConfigError } from './error.ts'
import { listeningOf } from './published.ts'
import {
  hostNamed,
  PROXY_PROTOCOL_MODES,
  type ProxyProtocolMode,
  type Topology,
  type TopologyHost,
} from './topology.ts'

export interface ProxyProtocolSetting {
  host: string
  /** Documented. */
  port: number
  mode: ProxyProtocolMode
}

export const PROXY_PROTOCOL_EXPECTED = `HOST:PORT=MODE with commas between them, as klserver:13000=expected,klserver:8061=optional; modes are ${PROXY_PROTOCOL_MODES.join(', ')}`

export function readProxyProtocol(text: string): ProxyProtocolSetting[] | undefined {
  const read: ProxyProtocolSetting[] = []
  for (const entry of text.split(',')) {
    const [, host, port, word] = /^([a-z][a-z0-9-]{0,30}):(\d{1,5})=([a-z]+)$/.exec(entry.trim()) ?? []
    const mode = PROXY_PROTOCOL_MODES.find(known => known === word)
    if (host === undefined || mode === undefined || read.some(one => one.host === host && one.port === Number(port)))
      return undefined
    read.push({ host, port: Number(port), mode })
  }
  return read
}

/** TCP ports of a host by their documented numbers. */
export const tcpPortsOf = (topology: Topology, host: TopologyHost): number[] => [
  ...new Set(
    listeningOf(topology, host).flatMap(({ ports }) =>
      ports.filter(({ transport }) => transport === 'tcp').map(({ port }) => port),
    ),
  ),
]

/** The topology as the settings change it. @throws ConfigError */
export function withProxyProtocol(
  topology: Topology,
  { proxyProtocol, proxyProtocolFrom }: Pick<ServiceSettings, 'proxyProtocol' | 'proxyProtocolFrom'>,
): Topology {
  if (proxyProtocol.length === 0) return topology
  for (const setting of proxyProtocol) check(topology, setting, proxyProtocolFrom)
  const hosts = topology.hosts.map(host => {
    const own = proxyProtocol.filter(one => one.host === host.name)
    if (own.length === 0) return host
    const ports = { ...host.proxyProtocol?.ports, ...Object.fromEntries(own.map(({ port, mode }) => [port, mode])) }
    const trusted = proxyProtocolFrom.length > 0 ? proxyProtocolFrom : (host.proxyProtocol?.trusted ?? [])
    return { ...host, proxyProtocol: { ports, trusted } }
  })
  return { ...topology, hosts }
}

function check(topology: Topology, { host: name, port, mode }: ProxyProtocolSetting, from: readonly string[]): void {
  const fail = (sentence: string): never => {
    throw new ConfigError(`settings: proxyProtocol ${name}:${port}=${mode}: ${sentence}`)
  }
  const host = hostNamed(topology, name)
  if (!host) {
    fail(
      `topology ${topology.name} has no such host; its hosts are ${topology.hosts.map(known => known.name).join(', ')}`,
    )
    return
  }
  const ports = tcpPortsOf(topology, host)
  if (!ports.includes(port))
    fail(`nothing on ${name} listens on ${port}/tcp; its TCP ports are ${ports.join(', ') || 'none'}`)
  if (mode !== 'off' && from.length === 0 && host.proxyProtocol === undefined)
    fail(
      'whose headers are believed is not said; set KSC_LAB_PROXY_PROTOCOL_FROM (proxyProtocolFrom) to the addresses or networks of your proxy',
    )
  if (!addressSet(from))
    fail(
      `proxyProtocolFrom ${JSON.stringify(from)}: addresses and networks are expected, as 198.51.100.20, 127.0.0.0/8`,
    )
}

/** For the Host of a machine: what each of its listeners makes of headers. */
export function proxyProtocolOf({ proxyProtocol }: TopologyHost): (port: number) => ProxyProtocol {
  const trusted = addressSet(proxyProtocol?.trusted ?? []) ?? { has: () => false }
  return port => ({ mode: proxyProtocol?.ports[port] ?? 'off', trusted })
}
