import { randomBytes, randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { GroupId } from '../../../shared/wire/messages/fields.ts'
import type { PushKind } from '../../../shared/wire/messages/push-token.ts'
import type { Application } from '../../../shared/wire/messages/sync.ts'
import { MANAGED } from '../groups.ts'
import { type DeviceSearch, found } from './device-search.ts'
import { StoreError } from './errors.ts'
import { faultOf } from './faults.ts'
import { findName } from './scale-schema.ts'
import type { DeviceRow, Schema } from './schema.ts'

export interface Device {
  /** GUID, made by the Server. */
  hostId: string
  agentId: string
  /** As the Network Agent calls its device. */
  name: string
  /** The administrator's name where one was given, else `name`. */
  displayName: string
  address: string
  version: string
  os: string
  state: 'on' | 'off'
  groupId: GroupId
  /** ms since 1970, as the two below. */
  createdAt: number
  lastSeenAt: number
  lastSyncAt: number | null
  applications: Application[]
  mobile: boolean
  /** Of a mobile device, by its certificate. */
  user: string | null
  /** Where it is reached by push. */
  push: { kind: PushKind; token: string } | null
  /** Since when its certificates are worth nothing. */
  revokedAt: number | null
}

export interface Arrival {
  agentId: string
  name: string
  address: string
  version: string
  os: string
  /** ms since 1970 */
  at: number
  /** Where a device that was not known is put; "Managed devices" where it is not said. */
  groupId?: GroupId
  /** Of a mobile device; `user` is null where it has shown no certificate. */
  phone?: { user: string | null }
}

/** Bytes; as long as the SHA-256 that it keys. */
const NOTICE_KEY_LENGTH = 32

/** The columns that every arrival sets. */
const seenAt = ({ name, address, version, os, at, phone }: Arrival) => ({
  ...{ name, address, version, os },
  state: 'on' as const,
  last_seen_at: at,
  mobile: phone ? 1 : 0,
  // Who comes without a certificate is still whose it was.
  ...(phone?.user ? { user_name: phone.user } : {}),
})

/** Two connections of one device may come at once, and to a database by two connections too: whose row comes second, updates. */
export async function arrived(db: Kysely<Schema>, arrival: Arrival, roomFor: () => Promise<void>): Promise<Device> {
  const { agentId } = arrival
  const update = () =>
    db
      .updateTable('devices')
      .set(seenAt(arrival))
      .set(({ eb, ref }) => ({
        // A name that an administrator gave stays.
        find_name: eb.case().when('given_name', 'is', null).then(findName(arrival.name)).else(ref('find_name')).end(),
      }))
      .where('agent_id', '=', agentId)
      .executeTakeFirst()
  if ((await update()).numUpdatedRows === 0n) {
    await roomFor()
    if (await isKnown(db.insertInto('devices').values(newDevice(arrival)))) await update()
  }
  const row = db.selectFrom('devices').selectAll().where('agent_id', '=', agentId)
  return readDevice(await row.executeTakeFirstOrThrow())
}

/** Is the row there already that this would make? */
export async function isKnown(insert: { execute(): Promise<unknown> }): Promise<boolean> {
  try {
    await insert.execute()
    return false
  } catch (error) {
    if (faultOf(error) !== 'unique') throw error
    return true
  }
}

export const newDevice = (arrival: Arrival): DeviceRow => ({
  ...{ user_name: null, push_kind: null, push_token: null, revoked_at: null },
  ...seenAt(arrival),
  host_id: randomUUID(),
  agent_id: arrival.agentId,
  given_name: null,
  find_name: findName(arrival.name),
  group_id: arrival.groupId ?? MANAGED,
  created_at: arrival.at,
  last_sync_at: null,
  applications: '[]',
  notice_key: randomBytes(NOTICE_KEY_LENGTH).toString('base64'),
})

export async function synchronised(
  db: Kysely<Schema>,
  agentId: string,
  { applications, at }: { applications: Application[]; at: number },
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('devices')
    .set({ applications: JSON.stringify(applications), state: 'on', last_seen_at: at, last_sync_at: at })
    .where('agent_id', '=', agentId)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw unknownDevice(agentId)
}

/** What an administrator sets; undefined where there is no such device. */
export async function changed(
  db: Kysely<Schema>,
  hostId: string,
  change: Partial<Pick<DeviceRow, 'given_name' | 'find_name' | 'group_id' | 'revoked_at'>>,
): Promise<Device | undefined> {
  await db.updateTable('devices').set(change).where('host_id', '=', hostId).execute()
  return (await selectDevices(db, { host_id: hostId }))[0]
}

/** With its events, which are nobody's without it. @returns false where there is no such device. */
export const deleteDevice = (db: Kysely<Schema>, hostId: string): Promise<boolean> =>
  db.transaction().execute(async transaction => {
    const agents = transaction.selectFrom('devices').select('agent_id').where('host_id', '=', hostId)
    await transaction.deleteFrom('events').where('agent_id', 'in', agents).execute()
    for (const table of ['task_runs', 'host_tags'] as const)
      await transaction.deleteFrom(table).where('host_id', '=', hostId).execute()
    const deletion = transaction.deleteFrom('devices').where('host_id', '=', hostId)
    return (await deletion.executeTakeFirst()).numDeletedRows > 0n
  })

/** A message may say only of a device that has arrived. */
export const unknownDevice = (agentId: string) =>
  new StoreError(`no device has the agent id ${agentId}`, 'a Network Agent says hello before anything else')

/** The oldest first. */
export async function selectDevices(
  db: Kysely<Schema>,
  where: Partial<Pick<DeviceRow, 'host_id' | 'agent_id' | 'name'>> = {},
  search: DeviceSearch = {},
): Promise<Device[]> {
  const rows = db
    .selectFrom('devices')
    .selectAll()
    .where(by => by.and(where))
    .where(found(search))
  return (await rows.orderBy('created_at').orderBy('host_id').execute()).map(readDevice)
}

/** Host ids of one statement: SQL Server takes 2,100 parameters. */
const IDS = 1_000

/** By host id, as they are displayed. */
export async function displayNames(db: Kysely<Schema>, hostIds: Iterable<string>): Promise<Map<string, string>> {
  const wanted = [...new Set(hostIds)]
  const names = new Map<string, string>()
  for (let from = 0; from < wanted.length; from += IDS) {
    const ids = wanted.slice(from, from + IDS)
    const rows = db.selectFrom('devices').select(['host_id', 'name', 'given_name']).where('host_id', 'in', ids)
    for (const { host_id, name, given_name } of await rows.execute()) names.set(host_id, given_name ?? name)
  }
  return names
}

const readDevice = (row: DeviceRow): Device => ({
  hostId: row.host_id,
  agentId: row.agent_id,
  name: row.name,
  displayName: row.given_name ?? row.name,
  address: row.address,
  version: row.version,
  os: row.os,
  state: row.state,
  groupId: row.group_id,
  createdAt: Number(row.created_at),
  lastSeenAt: Number(row.last_seen_at),
  lastSyncAt: row.last_sync_at === null ? null : Number(row.last_sync_at),
  mobile: row.mobile === 1,
  user: row.user_name,
  push: row.push_kind !== null && row.push_token !== null ? { kind: row.push_kind, token: row.push_token } : null,
  revokedAt: row.revoked_at === null ? null : Number(row.revoked_at),
  applications: typeof row.applications === 'string' ? JSON.parse(row.applications) : row.applications,
})

/** By its own name, an administrator's or its id. */
export async function deviceCalled(db: Kysely<Schema>, name: string): Promise<Device | undefined> {
  const rows = db
    .selectFrom('devices')
    .selectAll()
    .where(by => by.or([by('host_id', '=', name), by('name', '=', name), by('given_name', '=', name)]))
  return (await rows.orderBy('created_at').orderBy('host_id').execute()).map(readDevice)[0]
}
