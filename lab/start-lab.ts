/** The library's entry: a whole lab in this process. See docs/library.md. */
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Logger, pino } from 'pino'
import type { LabState } from '../certs/state.ts'
import type { UseName } from '../certs/uses.ts'
import type { WrongKind } from '../certs/wrong/index.ts'
import { flow as flowById } from '../shared/catalogue/index.ts'
import { KSC_VERSIONS, type KscVersion } from '../shared/catalogue/types.ts'
import { withDatabase } from '../shared/config/database-of.ts'
import { ConfigError } from '../shared/config/error.ts'
import { proxyProtocolOf, withProxyProtocol } from '../shared/config/proxy-protocol.ts'
import { readSettings } from '../shared/config/settings.ts'
import { addressesOf, ownHosts, type Topology, type TopologyHost } from '../shared/config/topology.ts'
import { Journal } from '../shared/journal/journal.ts'
import type { Endpoint } from '../shared/journal/observation.ts'
import { type AddressBook, createAddressBook } from '../shared/net/address-book.ts'
import type { Target, Transport } from '../shared/net/host.ts'
import { LocalSockets } from '../shared/net/local.ts'
import { createHost } from '../shared/net/node-host.ts'
import type { ServiceSettings } from '../shared/service.ts'
import { openLabState, wrongFor } from './lab-state.ts'
import { plan } from './plan.ts'
import { probes } from './probes.ts'
import { seededRandom } from './random.ts'
import type { Report, Result } from './report.ts'
import { RunningHost } from './running-host.ts'
import type { Stage } from './stage.ts'
import { loadTopology } from './topologies.ts'
import { verify } from './verify.ts'

export interface LabOptions {
  /** `documented`: own loopback addresses and the documented numbers; `ephemeral` (default): 127.0.0.1 and free ports, parallel-safe. */
  ports?: 'documented' | 'ephemeral'
  /** State folder; default: a new one that goes with the lab. */
  state?: string
  kscVersion?: KscVersion
  /** For jitter and the like; default: drawn, and told in the report. */
  seed?: number
  /** Hosts that are not started: the user's own stand there. */
  external?: readonly string[]
  settings?: Partial<ServiceSettings>
  log?: Logger
  /** A line about what a start waits for: a database that is away. */
  onNotice?: (line: string) => void
}

export interface LabVerifyOptions {
  /** Ids of the arrows to exercise; default: all of the topology. */
  flows?: readonly string[]
  /** `{ 'klserver:13000': { host, port } }` sends what goes there to the user's own box instead. */
  route?: Readonly<Record<string, { host: string; port: number }>>
  /** Tries what no arrow may open, too; for a lab with a firewall of yours between its zones. */
  probes?: boolean
  /** ms for each step; default 3 000. */
  timeout?: number
  /** ms for which the long-lived connections are held without a byte; default: they are not held. */
  idle?: number
  /** They are being held from now on. */
  onIdle?: (connections: number, ms: number) => void
  onResult?: (result: Result, done: number, total: number) => void
}

export interface Lab extends AsyncDisposable {
  readonly topology: Topology
  readonly journal: Journal
  readonly state: LabState
  readonly stage: Stage
  readonly seed: number
  /** Where a documented port of a host really is. */
  endpoint(host: string, port: number, transport?: Transport): Endpoint
  /** PEM of the certificate that a host presents for a use (`common`, `mobile`, `web-server`, `web-console`, `kaspersky`; of a mobile device `client`). */
  certificate(host: string, use: string): string
  verify(options?: LabVerifyOptions): Promise<Report>
  /** Puts a wrong certificate on every port that shows this use, for its holder's own names; `null` takes it off again. */
  present(use: UseName, wrong: WrongKind | null): Promise<void>
  /** Turns one machine off, as its administrator would; it keeps its state. */
  stopHost(name: string): Promise<void>
  /** Turns it on again. */
  startHost(name: string): Promise<void>
  stop(): Promise<void>
}

export async function startLab(topology: string | Topology, options: LabOptions = {}): Promise<Lab> {
  const settings: ServiceSettings = { ...readSettings(process.env), ...options.settings }
  const base = withProxyProtocol(typeof topology === 'string' ? loadTopology(topology) : topology, settings)
  const data = withDatabase(base, settings)
  const kscVersion = checkVersion(options.kscVersion ?? settings.kscVersion)
  const { ports = 'ephemeral', seed = randomInt(2 ** 31), log = pino({ level: 'silent' }) } = options
  checkExternal(data, options.external)

  const temporary = options.state === undefined ? mkdtempSync(join(tmpdir(), 'ksc-lab-state-')) : null
  const journal = new Journal()
  const local = new LocalSockets()
  const hosts = new Map<string, RunningHost>()
  let stopping: Promise<void> | null = null
  const stop = async () => {
    await Promise.all([...hosts.values()].reverse().map(host => host.stop()))
    local.remove()
    if (temporary) rmSync(temporary, { recursive: true, force: true })
  }
  try {
    const state = await openLabState(options.state ?? temporary ?? '', base)
    const book = addressBook(data, ports)
    const random = seededRandom(seed)
    const built = ownHosts(data, options.external)
    for (const host of inStartOrder(built)) {
      const net = createHost({ name: host.name, book, journal, local, proxyProtocol: proxyProtocolOf(host) })
      const running = new RunningHost({
        topology: data,
        host,
        net,
        state,
        settings: { ...settings, kscVersion },
        random,
        log,
        journal,
        ...(options.onNotice ? { notice: options.onNotice } : {}),
      })
      hosts.set(host.name, running)
      await running.start()
    }
    const stage = localStage(hosts, journal)
    return {
      topology: data,
      journal,
      state,
      stage,
      seed,
      endpoint: (host, port, transport = 'tcp') => book.place({ host, port }, transport),
      certificate: (host, use) => state.credentials.identity(use === 'client' ? `client@${host}` : use).cert,
      verify: ({ flows, probes: withProbes = false, ...how } = {}) => {
        flows?.forEach(flowById)
        const instances = plan(data, kscVersion, flows)
        return verify({
          topology: data,
          instances: withProbes
            ? [...instances, ...probes(data, kscVersion, plan(data, kscVersion), options.external)]
            : instances,
          stage,
          kscVersion,
          mode: 'in-process',
          seed,
          ...(options.external ? { external: options.external } : {}),
          ...how,
        })
      },
      present: async (use, wrong) => state.present(use, wrong && (await wrongFor(use, wrong, state, data))),
      stopHost: name => runningHost(hosts, name).stop(),
      startHost: name => runningHost(hosts, name).start(),
      stop: () => (stopping ??= stop()),
      [Symbol.asyncDispose]: () => (stopping ??= stop()),
    }
  } catch (error) {
    await stop()
    throw error
  }
}

export const addressBook = (topology: Topology, ports: 'documented' | 'ephemeral'): AddressBook =>
  createAddressBook({
    addresses:
      ports === 'documented'
        ? addressesOf(topology, 'in-process')
        : new Map(topology.hosts.map(({ name, elsewhere = '127.0.0.1' }) => [name, elsewhere])),
    ports,
    renumbered: renumbering(topology),
  })

export const renumbering =
  (topology: Topology) =>
  ({ host, port }: Target): number =>
    topology.hosts.find(({ name }) => name === host)?.ports[port] ?? port

const DEVICES: ReadonlySet<string> = new Set(['klnagent', 'android', 'ios'])

/** Gateways that wait for the Server first, devices last: whoever connects at its start finds somebody. */
const inStartOrder = (hosts: Topology['hosts']): Topology['hosts'] => {
  const rank = ({ gateway, runs }: TopologyHost) =>
    gateway === 'dmz' ? 0 : runs.some(name => DEVICES.has(name)) ? 2 : 1
  return [...hosts].sort((one, other) => rank(one) - rank(other))
}

export function localStage(hosts: ReadonlyMap<string, RunningHost>, journal: Journal): Stage {
  return {
    exercise: async (name, request) => runningHost(hosts, name).exercise(request),
    journal: async (name, since) => journal.entries(since).filter(({ host }) => host === name),
    signals: () => [...hosts.values()].flatMap(({ signals }) => signals),
  }
}

function runningHost(hosts: ReadonlyMap<string, RunningHost>, name: string): RunningHost {
  const host = hosts.get(name)
  if (!host) throw new Error(`the lab runs no host ${name}; it runs ${[...hosts.keys()].join(', ')}`)
  return host
}

export function checkVersion(version: string): KscVersion {
  const known = KSC_VERSIONS.find(candidate => candidate === version)
  if (!known)
    throw new ConfigError(
      `KSC version ${JSON.stringify(version)} is not known; accepted are ${KSC_VERSIONS.join(', ')}`,
    )
  return known
}

function checkExternal(topology: Topology, external: readonly string[] = []): void {
  const names = topology.hosts.map(({ name }) => name)
  const unknown = external.find(name => !names.includes(name))
  if (unknown !== undefined)
    throw new ConfigError(
      `--external ${unknown}: topology ${topology.name} has no such host; its hosts are ${names.join(', ')}`,
    )
}
