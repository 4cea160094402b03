import type { Kysely } from 'kysely'
import type { StoredEvent } from './events.ts'
import type { Schema, ServerEventRow } from './schema.ts'

/** An event of the Administration Server itself, which is no device. */
export type ServerEvent = Pick<StoredEvent, 'id' | 'at' | 'severity' | 'kind' | 'text'>

/** Rows that are kept (assumed): whoever guesses passwords fills no disk. */
const KEPT = 10_000
/** Rows by which it may be more before the oldest go, together. */
const SLACK = 500

export async function keepServerEvent(
  db: Kysely<Schema>,
  { id, at, severity, kind, text }: ServerEvent,
): Promise<void> {
  await db.insertInto('server_events').values({ event_id: id, at, severity, kind, text }).execute()
  const { rows } = await db
    .selectFrom('server_events')
    .select(({ fn }) => fn.countAll().as('rows'))
    .executeTakeFirstOrThrow()
  if (Number(rows) < KEPT + SLACK) return
  const oldest = await db.selectFrom('server_events').select('event_id').orderBy('at').limit(SLACK).execute()
  await db
    .deleteFrom('server_events')
    .where(
      'event_id',
      'in',
      oldest.map(({ event_id }) => event_id),
    )
    .execute()
}

/** The newest first. */
export async function selectServerEvents(db: Kysely<Schema>, limit: number): Promise<StoredEvent[]> {
  const rows: ServerEventRow[] = await db
    .selectFrom('server_events')
    .selectAll()
    .orderBy('at', 'desc')
    .orderBy('event_id')
    .limit(limit)
    .execute()
  return rows.map(({ event_id, at, ...rest }) => ({ hostId: '', agentId: '', id: event_id, at: Number(at), ...rest }))
}
