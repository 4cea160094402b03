import type { Subject } from '../certs/make/certificate.ts'
import { type LabState, openState } from '../certs/state.ts'
import { isPerServer, type Subjects, subjectOf, type UseName, use } from '../certs/uses.ts'
import type { WrongKind } from '../certs/wrong/index.ts'
import type { ProgramName } from '../shared/config/programs.ts'
import { isReverseProxy } from '../shared/config/published.ts'
import { dnsName, hostNamed, serverOf, type Topology, type TopologyHost } from '../shared/config/topology.ts'
import { addressIn } from '../shared/config/zones.ts'
import { KASPERSKY_NAMES } from '../shared/kaspersky/names.ts'
import type { ServerIdentity } from '../shared/net/host.ts'
import { APPLE_NAMES, GOOGLE_NAMES } from '../shared/push/names.ts'
import type { Credentials } from '../shared/service.ts'
import { loadTopology, topologyNames } from './topologies.ts'

/**
 * Opens the state folder with certificates for every way in which the hosts of any shipped topology are reached, and those of
 * this one: a lab that runs one topology after another keeps its certificates, and its agents their pins.
 */
export const openLabState = (folder: string, topology: Topology): Promise<LabState> =>
  openState(folder, { subjects: subjectsOf(topology) })

function subjectsOf(topology: Topology): Subjects {
  const shipped = topologyNames().map(loadTopology)
  const all = [...shipped, topology]
  const namesOf = (wanted: (host: TopologyHost) => boolean) => {
    const hosts = all.flatMap(({ hosts }) => hosts).filter(wanted)
    const dns = hosts.flatMap(host => [host.name, dnsName(host)])
    const ip = hosts.flatMap(({ zone, number }) => MODES.map(mode => addressIn(mode, zone, number)))
    return { dns: [...new Set(['localhost', ...dns])], ip: [...new Set(['127.0.0.1', ...ip])] }
  }
  const runs = (program: ProgramName) => (host: TopologyHost) => host.runs.includes(program)
  // What is published is asked for by the name of the proxy; one that ends TLS shows the same certificates.
  const published = (program: ProgramName) => (host: TopologyHost) => runs(program)(host) || isReverseProxy(host)
  const kaspersky = namesOf(runs('kaspersky-servers'))
  const secondaries = topology.hosts.filter(({ secondary }) => secondary !== undefined)
  return {
    klserver: namesOf(host => published('klserver')(host) && host.secondary === undefined),
    gateway: namesOf(host => host.gateway !== undefined || host.distributionPoint === true),
    'web-console': namesOf(published('web-console')),
    siem: namesOf(runs('siem')),
    kaspersky: { dns: [...kaspersky.dns, ...KASPERSKY_NAMES], ip: kaspersky.ip },
    'ios-mdm': namesOf(published('ios-mdm')),
    ...pushServices(topology, namesOf),
    devices: [
      ...new Set(
        all
          .flatMap(({ hosts }) => hosts)
          .filter(runs('android'))
          .map(({ name }) => name),
      ),
    ],
    servers: Object.fromEntries(secondaries.map(({ name }) => [name, namesOf(host => host.name === name)])),
  }
}

/** Of the push services that this lab has. */
function pushServices(
  { hosts }: Topology,
  namesOf: (wanted: (host: TopologyHost) => boolean) => Subject,
): Pick<Subjects, 'apple' | 'google'> {
  const has = (program: ProgramName) => hosts.some(({ runs }) => runs.includes(program))
  const named = (program: ProgramName, publicNames: readonly string[]): Subject => {
    const { dns, ip } = namesOf(({ runs }) => runs.includes(program))
    return { dns: [...dns, ...publicNames], ip }
  }
  return {
    ...(has('apple-servers') ? { apple: named('apple-servers', APPLE_NAMES) } : {}),
    ...(has('google-servers') ? { google: named('google-servers', GOOGLE_NAMES) } : {}),
  }
}

const MODES = ['in-process', 'compose'] as const

/** What a host sees: `common` is its own Server's; `common@NAME` that of another one. */
export function credentialsFor(host: TopologyHost, topology: Topology, { credentials }: LabState): Credentials {
  const own = host.runs.includes('klserver') ? host : serverOf(topology, host)
  return {
    ...credentials,
    identity(use) {
      const [base = '', named = own?.name] = use.split('@')
      const server = hostNamed(topology, named)
      return credentials.identity(isPerServer(base) && server?.secondary ? `${base}@${server.name}` : base)
    },
  }
}

/** A wrong certificate for the names of the one that it takes the place of. */
export async function wrongFor(
  name: UseName,
  wrong: WrongKind,
  { credentials }: LabState,
  topology: Topology,
): Promise<ServerIdentity> {
  const { wrongCertificates } = await import('../certs/wrong/index.ts')
  const order = use(name)
  if (order.kind !== 'server' && order.kind !== 'leaf') throw new Error(`${name} is for no port`)
  const issuer = credentials.identity(order.kind === 'leaf' ? order.issuer : 'lab-ca')
  return wrongCertificates[wrong](subjectOf(name, subjectsOf(topology)) ?? { dns: [], ip: [] }, issuer)
}
