/** One service on a Host of its own, without a lab around it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Logger, pino } from 'pino'
import type { LabState } from '../../certs/state.ts'
import { credentialsFor, openLabState } from '../../lab/lab-state.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { readSettings } from '../../shared/config/settings.ts'
import { hostNamed, type TopologyHost } from '../../shared/config/topology.ts'
import { Journal } from '../../shared/journal/journal.ts'
import { type AddressBook, createAddressBook } from '../../shared/net/address-book.ts'
import type { Host } from '../../shared/net/host.ts'
import { LocalSockets } from '../../shared/net/local.ts'
import { createHost } from '../../shared/net/node-host.ts'
import type { ServiceContext, ServiceSettings } from '../../shared/service.ts'

/** A place for hosts on 127.0.0.1, with certificates and folders that go with it. */
export interface Ground extends AsyncDisposable {
  readonly book: AddressBook
  readonly journal: Journal
  readonly state: LabState
  host(name: string): Host
  context(name: string, settings?: Partial<ServiceSettings>, log?: Logger): ServiceContext
}

/** @param fixed documented ports that are bound to this number instead of a free one */
export async function openGround(fixed: Readonly<Record<number, number>> = {}): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'ksc-lab-test-'))
  const topology = loadTopology('lan')
  const state = await openLabState(folder, topology)
  const addresses = new Map(topology.hosts.map(({ name }) => [name, '127.0.0.1']))
  const free = createAddressBook({ addresses, ports: 'ephemeral' })
  const book: AddressBook = {
    ...free,
    bind: target => ({ ...free.bind(target), port: fixed[target.port] ?? 0 }),
  }
  const journal = new Journal()
  const local = new LocalSockets()
  const host = (name: string) => createHost({ name, book, journal, local })
  return {
    book,
    journal,
    state,
    host,
    context: (name, settings = {}, log = pino({ level: 'silent' })) => ({
      host: host(name),
      credentials: credentialsFor(hostNamed(topology, name) ?? (topology.hosts[0] as TopologyHost), topology, state),
      state: state.folder(name),
      log,
      topology,
      peers: role => (role === 'administration-server' ? ['klserver'] : []),
      settings: { ...readSettings({}), ...settings },
      random: () => 0.5,
    }),
    async [Symbol.asyncDispose]() {
      local.remove()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
