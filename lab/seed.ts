import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Seeded } from '../services/klserver/seed.ts'
import { withDatabase } from '../shared/config/database-of.ts'
import { ConfigError } from '../shared/config/error.ts'
import { hostNamed, type Topology } from '../shared/config/topology.ts'
import { Journal } from '../shared/journal/journal.ts'
import { LocalSockets } from '../shared/net/local.ts'
import { createHost } from '../shared/net/node-host.ts'
import type { ServiceSettings } from '../shared/service.ts'
import { openLabState } from './lab-state.ts'
import { seededRandom } from './random.ts'
import { addressBook } from './start-lab.ts'

interface SeedOptions {
  topology: Topology
  /** Administration Server; default: the first one. */
  server?: string
  state: string
  settings: ServiceSettings
  devices: number
  rng: number
  log: Logger
  onNotice: (line: string) => void
}

/** Fills the store of one Server of a topology, which may run meanwhile. */
export async function seedLab({
  topology: base,
  server,
  state,
  settings,
  devices,
  rng,
  log,
  onNotice,
}: SeedOptions): Promise<Seeded> {
  const topology = withDatabase(base, settings)
  const servers = topology.hosts.filter(({ runs }) => runs.includes('klserver'))
  const host = server === undefined ? servers[0] : hostNamed(topology, server)
  if (!host?.runs.includes('klserver'))
    throw new ConfigError(
      `--host ${server ?? ''}: an Administration Server is expected; those of ${topology.name} are ${servers.map(({ name }) => name).join(', ')}`,
    )
  const opened = await openLabState(state, base)
  const local = new LocalSockets()
  // Code of a service is loaded only for this.
  const { seed } = await import('../services/klserver/seed.ts')
  try {
    const book = addressBook(topology, 'ephemeral')
    return await seed(
      {
        host: createHost({ name: host.name, book, journal: new Journal(), local }),
        state: opened.folder(join('hosts', topology.name, host.name, 'klserver')),
        random: seededRandom(rng),
        ...{ topology, settings, log, notice: onNotice },
      },
      devices,
    )
  } finally {
    local.remove()
  }
}
