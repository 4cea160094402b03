/** Server and phone in one process, put together by hand: pushes wired, either stopped and started where the test wants it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { openLabState } from '../../lab/lab-state.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { type Android, startAndroid } from '../../services/android/index.ts'
import { startKlserver } from '../../services/klserver/index.ts'
import { readSettings } from '../../shared/config/settings.ts'
import { hostsWithRole } from '../../shared/config/topology.ts'
import { Journal } from '../../shared/journal/journal.ts'
import { createAddressBook } from '../../shared/net/address-book.ts'
import { LocalSockets } from '../../shared/net/local.ts'
import { createHost } from '../../shared/net/node-host.ts'
import type { ServiceContext, ServiceSettings } from '../../shared/service.ts'

type PushNeeded = NonNullable<Parameters<typeof startKlserver>[1]>['onPushNeeded']

const NAME = 'android-1'

export async function setStage(changed: Partial<ServiceSettings> = {}) {
  const topology = loadTopology('server-dmz')
  const dir = mkdtempSync(join(tmpdir(), 'ksc-lab-mobile-stage-'))
  const state = await openLabState(join(dir, 'state'), topology)
  const addresses = new Map(topology.hosts.map(({ name }) => [name, '127.0.0.1']))
  const book = createAddressBook({ addresses, ports: 'ephemeral' })
  const journal = new Journal()
  const local = new LocalSockets()
  const log: { msg: string; [key: string]: unknown }[] = []
  const context = (name: string, program: string): ServiceContext => ({
    host: createHost({ name, book, journal, local }),
    credentials: state.credentials,
    state: state.folder(join('hosts', name, program)),
    log: pino({}, { write: line => void log.push(JSON.parse(line)) }),
    topology,
    peers: role => hostsWithRole(topology, role).map(host => host.name),
    settings: { ...readSettings({}), connectTimeout: 2_000, ...changed },
    // The shortest pauses there are.
    random: () => 0,
  })
  const running: { stop(): Promise<void> }[] = []
  const keep = <S extends { stop(): Promise<void> }>(service: S): S => {
    running.push(service)
    return service
  }
  const memory = join(state.folder(join('hosts', NAME, 'android')), 'android.json')
  return {
    journal,
    log,
    state,
    /** As of a lab, for those who come by hand. */
    lab: {
      state,
      journal,
      endpoint: (host: string, port: number) => book.place({ host, port }, 'tcp'),
    },
    startServer: async (onPushNeeded?: PushNeeded) =>
      keep(await startKlserver(context('klserver', 'klserver'), onPushNeeded ? { onPushNeeded } : {})),
    startPhone: (): Android => keep(startAndroid(context(NAME, 'android'))),
    /** What the phone keeps, and changes to it while it is off. */
    kept: (): Record<string, unknown> & { held: string[]; outbox: unknown[]; certificate: string | null } =>
      JSON.parse(readFileSync(memory, 'utf8')),
    keep(changes: Record<string, unknown>) {
      writeFileSync(memory, JSON.stringify({ ...JSON.parse(readFileSync(memory, 'utf8')), ...changes }))
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(running.map(service => service.stop()))
      local.remove()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
export type MobileStage = Awaited<ReturnType<typeof setStage>>
