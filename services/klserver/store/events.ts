import type { Kysely } from 'kysely'
import { isKnown, unknownDevice } from './devices.ts'
import { most } from './dialect.ts'
import { faultOf } from './faults.ts'
import type { EventRow, Schema } from './schema.ts'

export interface Event {
  agentId: string
  /** Made by the Network Agent; the same event may come again. */
  id: string
  /** ms since 1970, by the device's clock. */
  at: number
  /** 1 information, 2 warning, 3 error, 4 critical. */
  severity: EventRow['severity']
  kind: string
  text: string
}

export interface StoredEvent extends Event {
  /** Empty, as is agentId, where the Server itself has it. */
  hostId: string
}

export async function keepEvent(
  db: Kysely<Schema>,
  { agentId, id, at, severity, kind, text }: Event,
): Promise<'new' | 'known'> {
  // PostgreSQL keeps no NUL in a text.
  const [ofKind, said] = [kind, text].map(words => words.replaceAll('\0', '\uFFFD')) as [string, string]
  const row = { agent_id: agentId, event_id: id, at, severity, kind: ofKind, text: said }
  try {
    return (await isKnown(db.insertInto('events').values(row))) ? 'known' : 'new'
  } catch (error) {
    throw faultOf(error) === 'reference' ? unknownDevice(agentId) : error
  }
}

/** The newest first. */
export async function selectEvents(
  db: Kysely<Schema>,
  hostId: string | undefined,
  limit: number,
): Promise<StoredEvent[]> {
  let query = db
    .selectFrom('events')
    .innerJoin('devices', 'devices.agent_id', 'events.agent_id')
    .select(['host_id', 'events.agent_id', 'event_id', 'at', 'severity', 'kind', 'text'])
    .orderBy('at', 'desc')
    .orderBy('event_id')
  if (hostId !== undefined) query = query.where('host_id', '=', hostId)
  return (await most(db, query, limit).execute()).map(({ host_id, agent_id, event_id, at, ...rest }) => ({
    hostId: host_id,
    agentId: agent_id,
    id: event_id,
    at: Number(at),
    ...rest,
  }))
}
