import type { Kysely } from 'kysely'
import { most } from './dialect.ts'
import type { StoredEvent } from './events.ts'
import type { Schema, ServerEventRow } from './schema.ts'

/** An event of the Administration Server itself, which is no device. */
export type ServerEvent = Pick<StoredEvent, 'id' | 'at' | 'severity' | 'kind' | 'text'>

/** Rows that are kept (assumed): whoever guesses passwords fills no disk. */
const KEPT = 10_000
/** Rows after which it is looked whether there are more. */
const SLACK = 500

/** @returns what keeps an event. */
export function serverEventKeeper(db: Kysely<Schema>): (event: ServerEvent) => Promise<void> {
  let before = 0
  return async ({ id, at, severity, kind, text }) => {
    await db.insertInto('server_events').values({ event_id: id, at, severity, kind, text }).execute()
    before += 1
    if (before % SLACK === 0) await forgetOldest(db)
  }
}

async function forgetOldest(db: Kysely<Schema>): Promise<void> {
  const counted = db.selectFrom('server_events').select(({ fn }) => fn.countAll().as('rows'))
  const tooMany = Number((await counted.executeTakeFirstOrThrow()).rows) - KEPT
  if (tooMany <= 0) return
  const byAge = db.selectFrom('server_events').select('event_id').orderBy('at')
  const oldest = await most(db, byAge, Math.min(tooMany, 2 * SLACK)).execute()
  const ids = oldest.map(({ event_id }) => event_id)
  await db.deleteFrom('server_events').where('event_id', 'in', ids).execute()
}

/** The newest first. */
export async function selectServerEvents(db: Kysely<Schema>, limit: number): Promise<StoredEvent[]> {
  const newest = db.selectFrom('server_events').selectAll().orderBy('at', 'desc').orderBy('event_id')
  const rows: ServerEventRow[] = await most(db, newest, limit).execute()
  return rows.map(({ event_id, at, ...rest }) => ({ hostId: '', agentId: '', id: event_id, at: Number(at), ...rest }))
}
