/** A store in a database server, without a lab around it. */

import type { Store } from '../../services/klserver/store/index.ts'
import { openServerStore } from '../../services/klserver/store/server.ts'
import { type DatabasePlace, readDatabaseUrl } from '../../shared/config/database.ts'
import { Journal } from '../../shared/journal/journal.ts'
import { createAddressBook } from '../../shared/net/address-book.ts'
import type { Host } from '../../shared/net/host.ts'
import { LocalSockets } from '../../shared/net/local.ts'
import { createHost } from '../../shared/net/node-host.ts'
import { leftOut } from '../requires.ts'
import { type DatabaseServer, POSTGRES_BIN, startMariadb, startPostgres } from './servers.ts'

export interface Kind {
  name: string
  start: (options?: readonly string[]) => Promise<DatabaseServer>
  /** What the machine has not, or null. */
  missing: string | null
}

export const kinds: readonly Kind[] = [
  { name: 'MariaDB', start: startMariadb, missing: leftOut('MariaDB', 'mariadbd', ['--version']) },
  {
    name: 'PostgreSQL',
    start: startPostgres,
    missing: leftOut('PostgreSQL', POSTGRES_BIN === '' ? 'postgres' : `${POSTGRES_BIN}/postgres`, ['--version']),
  },
]

export function placeOf(url: string): DatabasePlace {
  const place = readDatabaseUrl(url)
  if (!place || place === 'sqlite') throw new Error(`not a database server: ${url}`)
  return place
}

export function hostFor({ host, port }: DatabasePlace): { host: Host; journal: Journal } {
  const journal = new Journal()
  const book = createAddressBook({
    addresses: new Map([
      ['klserver', '127.0.0.1'],
      ['dbms', host],
    ]),
    ports: 'ephemeral',
    renumbered: () => port,
  })
  return { host: createHost({ name: 'klserver', book, journal, local: new LocalSockets() }), journal }
}

interface Opening {
  patience?: number
  timeout?: number
  lines?: string[]
}

export const openAt = (url: string, { patience = 0, timeout = 2_000, lines = [] }: Opening = {}): Promise<Store> => {
  const place = placeOf(url)
  const { host } = hostFor(place)
  return openServerStore({ host, place, timeout, most: 8 }, { patience, onWaiting: line => lines.push(line) })
}
