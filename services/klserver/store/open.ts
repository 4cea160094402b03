import { join } from 'node:path'
import { DATABASE_PORT, type DatabasePlace, DBMS } from '../../../shared/config/database.ts'
import { databaseOf } from '../../../shared/config/database-of.ts'
import type { ServiceContext } from '../../../shared/service.ts'
import { openStore, type Store } from './index.ts'
import { openServerStore } from './server.ts'

/** ms: an agent waits many times as long for an answer. */
const TIMEOUT = 10_000
/** Connections to a database server at once (assumed). */
const CONNECTIONS = 8

type Around = Pick<ServiceContext, 'host' | 'topology' | 'settings' | 'state' | 'log' | 'notice'>

/** The store of a Server, wherever it is told to have it; `place` is null for the embedded one. */
export async function storeOf({
  host,
  topology,
  settings,
  state,
  log,
  notice,
}: Around): Promise<{ store: Store; place: DatabasePlace | null }> {
  const place = databaseOf(settings, topology, host.name)
  if (place === null) return { store: await openStore(join(state, 'klserver.sqlite')), place }
  const onWaiting = (line: string) => {
    log.warn({ database: `${DBMS}:${DATABASE_PORT[place.dialect]}` }, line)
    notice?.(line)
  }
  const timeout = Math.min(settings.connectTimeout, TIMEOUT)
  const store = await openServerStore(
    { host, place, timeout, most: CONNECTIONS },
    { patience: settings.databaseWait, onWaiting },
  )
  return { store, place }
}
