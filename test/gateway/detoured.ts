/** Server, gateway in a DMZ and one roamer, each a host of its own, with a box between the Server and the gateway. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { openLabState } from '../../lab/lab-state.ts'
import { plan } from '../../lab/plan.ts'
import type { Result } from '../../lab/report.ts'
import { RunningHost } from '../../lab/running-host.ts'
import { addressBook, localStage } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { verify } from '../../lab/verify.ts'
import { readSettings } from '../../shared/config/settings.ts'
import { Journal } from '../../shared/journal/journal.ts'
import type { Endpoint } from '../../shared/journal/observation.ts'
import type { AddressBook } from '../../shared/net/address-book.ts'
import { LocalSockets } from '../../shared/net/local.ts'
import { createHost } from '../../shared/net/node-host.ts'
import type { ServiceSettings } from '../../shared/service.ts'
import { signalIs, startWire, type Wire } from './kit.ts'

export interface Detoured extends AsyncDisposable {
  readonly journal: Journal
  /** Between the Server and the gateway's 13000; devices reach the gateway without it. */
  readonly wire: Wire
  /** Where a host keeps what it knows. */
  folder(host: string, service: string): string
  endpoint(host: string, port: number): Endpoint
  startHost(name: string): Promise<void>
  stopHost(name: string): Promise<void>
  /** Arrow 4a-agents of the roamer, perhaps by a box of its own on the way to the gateway. */
  verify(timeout?: number, box?: Endpoint, idle?: number): Promise<Result | undefined>
}

const HOSTS = ['gateway', 'klserver', 'roamer-1']

export async function startDetoured(changed: Partial<ServiceSettings> = {}): Promise<Detoured> {
  const dir = mkdtempSync(join(tmpdir(), 'ksc-lab-test-'))
  const topology = loadTopology('gateway')
  const settings = { ...readSettings({}), ...changed }
  const state = await openLabState(dir, topology)
  const journal = new Journal()
  const local = new LocalSockets()
  const book = addressBook(topology, 'ephemeral')
  const wire = await startWire(() => book.place({ host: 'gateway', port: 13000 }, 'tcp'))
  const byTheBox: AddressBook = {
    ...book,
    place: (target, transport) =>
      target.host === 'gateway' && target.port === 13000 ? wire.at : book.place(target, transport),
  }
  const hosts = new Map<string, RunningHost>()
  for (const host of topology.hosts.filter(({ name }) => HOSTS.includes(name))) {
    const net = createHost({ name: host.name, book: host.name === 'klserver' ? byTheBox : book, journal, local })
    const log = pino({ level: 'silent' })
    hosts.set(host.name, new RunningHost({ topology, host, net, state, settings, random: () => 0, log, journal }))
  }
  const named = (name: string) => {
    const host = hosts.get(name)
    if (!host) throw new Error(`no host ${name}`)
    return host
  }
  for (const name of HOSTS) {
    await named(name).start()
    if (name === 'klserver') await signalIs({ journal }, 'established')
  }
  const stage = localStage(hosts, journal)
  return {
    journal,
    wire,
    folder: (host, service) => state.folder(join('hosts', 'gateway', host, service)),
    endpoint: (host, port) => book.place({ host, port }, 'tcp'),
    startHost: name => named(name).start(),
    stopHost: name => named(name).stop(),
    async verify(timeout = 3_000, box, idle) {
      const route = box ? { 'gateway:13000': { host: box.address, port: box.port } } : {}
      const instances = plan(topology, '14.2', ['4a-agents']).filter(({ initiator }) => initiator === 'roamer-1')
      const kscVersion = settings.kscVersion
      const here = { ...topology, hosts: topology.hosts.filter(({ name }) => HOSTS.includes(name)) }
      const report = await verify({
        topology: here,
        instances,
        stage,
        kscVersion,
        mode: 'in-process',
        seed: 1,
        timeout,
        route,
        ...(idle === undefined ? {} : { idle }),
      })
      return report.results[0]
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...hosts.values()].map(host => host.stop()))
      await wire[Symbol.asyncDispose]()
      local.remove()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
