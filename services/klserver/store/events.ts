import type { Kysely } from 'kysely'
import { unknownDevice } from './devices.ts'
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

export const keepEvent = (
  db: Kysely<Schema>,
  { agentId, id, at, severity, kind, text }: Event,
): Promise<'new' | 'known'> =>
  db.transaction().execute(async transaction => {
    const known = await transaction
      .selectFrom('events')
      .select('event_id')
      .where('agent_id', '=', agentId)
      .where('event_id', '=', id)
      .executeTakeFirst()
    if (known) return 'known'
    const device = transaction.selectFrom('devices').select('host_id').where('agent_id', '=', agentId)
    if (!(await device.executeTakeFirst())) throw unknownDevice(agentId)
    await transaction
      .insertInto('events')
      .values({ agent_id: agentId, event_id: id, at, severity, kind, text })
      .execute()
    return 'new'
  })

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
    .limit(limit)
  if (hostId !== undefined) query = query.where('host_id', '=', hostId)
  return (await query.execute()).map(({ host_id, agent_id, event_id, at, ...rest }) => ({
    hostId: host_id,
    agentId: agent_id,
    id: event_id,
    at: Number(at),
    ...rest,
  }))
}
