/** One host of a lab in a container of its own: documented ports on its zone address, management on the management network. */

import { randomInt } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { hostname, networkInterfaces } from 'node:os'
import type { Logger } from 'pino'
import type { LabState } from '../certs/state.ts'
import type { KscVersion } from '../shared/catalogue/types.ts'
import { withDatabase } from '../shared/config/database-of.ts'
import { ConfigError } from '../shared/config/error.ts'
import { proxyProtocolOf, withProxyProtocol } from '../shared/config/proxy-protocol.ts'
import { readSettings } from '../shared/config/settings.ts'
import { addressesOf, type Topology, type TopologyHost } from '../shared/config/topology.ts'
import { networkOf } from '../shared/config/zones.ts'
import { Journal } from '../shared/journal/journal.ts'
import { createAddressBook } from '../shared/net/address-book.ts'
import { LocalSockets } from '../shared/net/local.ts'
import { createHost } from '../shared/net/node-host.ts'
import { openLabState } from './lab-state.ts'
import { type Management, managementToken, serveManagement } from './management.ts'
import { seededRandom } from './random.ts'
import { RunningHost } from './running-host.ts'
import type { Stage } from './stage.ts'
import { localStage, renumbering } from './start-lab.ts'

/** Not a KSC port; the same in every container. */
export const MANAGEMENT_PORT = 9990
/** The name of a host on the management network. */
export const managementName = (host: string): string => `${host}.management`

interface RunHost {
  topology: Topology
  /** A host of the topology; null: one more Network Agent, named and addressed as the container is. */
  name: string | null
  state: string
  kscVersion: KscVersion
  log: Logger
  /** A line about what the start waits for. */
  notice?: (line: string) => void
}

export interface HostRun {
  name: string
  notices: string[]
  state: LabState
  /** Programs of the host. */
  runs: readonly string[]
  stop(): Promise<void>
}

export async function runHost({
  topology: given,
  name,
  state: folder,
  kscVersion,
  log,
  notice,
}: RunHost): Promise<HostRun> {
  const settings = readSettings(process.env)
  const base = withProxyProtocol(given, settings)
  const topology = withDatabase(name === null ? withThisAgent(base) : base, settings)
  const host = topology.hosts.find(candidate => candidate.name === (name ?? hostname()))
  if (!host)
    throw new ConfigError(
      `no host ${name} in topology ${topology.name}; its hosts are ${topology.hosts.map(known => known.name).join(', ')}`,
    )
  const state = await openLabState(folder, base)
  const journal = new Journal()
  const local = new LocalSockets()
  const book = createAddressBook({
    addresses: addressesOf(topology, 'compose'),
    ports: 'documented',
    anywhere: true,
    renumbered: renumbering(topology),
  })
  const running = new RunningHost({
    topology,
    host,
    net: createHost({ name: host.name, book, journal, local, proxyProtocol: proxyProtocolOf(host) }),
    state,
    settings: { ...settings, kscVersion },
    random: seededRandom(randomInt(2 ** 31)),
    log,
    journal,
    ...(notice ? { notice } : {}),
  })
  await running.start()
  const management = await manage(
    host.name,
    name !== null,
    localStage(new Map([[host.name, running]]), journal),
    folder,
    () => running.ready,
  )
  return {
    name: host.name,
    notices: state.notices,
    state,
    runs: host.runs,
    async stop() {
      await running.stop()
      await Promise.all(management.map(served => served.close()))
      local.remove()
    },
  }
}

/** On the management network, where `verify` asks, and on this machine itself, where the health check does. */
async function manage(
  name: string,
  inMatrix: boolean,
  stage: Stage,
  folder: string,
  ready: () => boolean,
): Promise<Management[]> {
  const addresses = ['127.0.0.1', ...(inMatrix ? [(await lookup(managementName(name))).address] : [])]
  return Promise.all(
    addresses.map(address =>
      serveManagement(stage, { address, port: MANAGEMENT_PORT }, () => managementToken(folder), ready),
    ),
  )
}

/** The topology with this container as one more device of its LAN; the matrix does not know it. */
function withThisAgent(topology: Topology): Topology {
  const lan = networkOf('compose', 'lan').replace('0/24', '')
  const address = Object.values(networkInterfaces())
    .flat()
    .find(found => found?.address.startsWith(lan))?.address
  if (address === undefined)
    throw new ConfigError(
      `--agent: this machine has no address in ${networkOf('compose', 'lan')}; it is meant for a container on the lan network`,
    )
  const agent: TopologyHost = {
    name: hostname(),
    zone: 'lan',
    number: Number(address.split('.')[3]),
    runs: ['klnagent'],
    ports: {},
  }
  return { ...topology, hosts: [...topology.hosts, agent] }
}
