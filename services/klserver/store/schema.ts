import { type Kysely, type Migration, type MigrationProvider, sql } from 'kysely'
import type { GroupId } from '../../../shared/wire/messages/fields.ts'
import type { PushKind } from '../../../shared/wire/messages/push-token.ts'
import {
  type GroupRow,
  groupsPoliciesTasks,
  type PolicyRow,
  type TaskRow,
  type TaskRunRow,
} from './administration-schema.ts'
import { seedPolicies, seedTasks } from './seed.ts'
import { type HostTagRow, type TagRow, tags } from './tags.ts'

/** Times are milliseconds since 1970. PostgreSQL's driver gives 64-bit numbers as strings: read them with Number(). */
export interface Schema {
  devices: DeviceRow
  events: EventRow
  server_events: ServerEventRow
  policies: PolicyRow
  tasks: TaskRow
  admin_groups: GroupRow
  task_runs: TaskRunRow
  tags: TagRow
  host_tags: HostTagRow
}

export interface DeviceRow {
  host_id: string
  agent_id: string
  /** As the Network Agent calls its device. */
  name: string
  /** As an administrator calls it. */
  given_name: string | null
  address: string
  version: string
  os: string
  state: 'on' | 'off'
  group_id: GroupId
  created_at: number
  last_seen_at: number
  last_sync_at: number | null
  /** JSON; a driver may parse it. */
  applications: string
  /** base64 */
  notice_key: string
  /** 1: it has come on a port of mobile devices. */
  mobile: number
  /** Of a mobile device, whose its certificate says it is. */
  user_name: string | null
  push_kind: PushKind | null
  push_token: string | null
  /** Its certificates are worth nothing from then on. */
  revoked_at: number | null
}

export interface EventRow {
  agent_id: string
  event_id: string
  at: number
  severity: 1 | 2 | 3 | 4
  kind: string
  text: string
}

/** Of the Server itself. */
export type ServerEventRow = Omit<EventRow, 'agent_id'>

/** What a full synchronisation hands out. */
export interface Revisioned {
  id: string
  name: string
  revision: number
}

const GUID = sql`varchar(36)`
/** The longest DNS name. */
const NAME = sql`varchar(255)`

const first: Migration = {
  async up(db: Kysely<Schema>) {
    await db.schema
      .createTable('devices')
      .addColumn('host_id', GUID, c => c.primaryKey())
      .addColumn('agent_id', GUID, c => c.notNull().unique())
      .addColumn('name', NAME, c => c.notNull())
      .addColumn('given_name', NAME)
      .addColumn('address', sql`varchar(64)`, c => c.notNull())
      .addColumn('version', sql`varchar(64)`, c => c.notNull())
      .addColumn('os', NAME, c => c.notNull())
      .addColumn('state', sql`varchar(8)`, c => c.notNull())
      .addColumn('group_id', 'integer', c => c.notNull())
      .addColumn('created_at', 'bigint', c => c.notNull())
      .addColumn('last_seen_at', 'bigint', c => c.notNull())
      .addColumn('last_sync_at', 'bigint')
      .addColumn('applications', 'json', c => c.notNull())
      .addColumn('notice_key', sql`varchar(64)`, c => c.notNull())
      .execute()
    await db.schema
      .createTable('events')
      .addColumn('agent_id', GUID, c => c.notNull())
      .addColumn('event_id', sql`varchar(64)`, c => c.notNull())
      .addColumn('at', 'bigint', c => c.notNull())
      .addColumn('severity', 'integer', c => c.notNull())
      .addColumn('kind', NAME, c => c.notNull())
      .addColumn('text', 'text', c => c.notNull())
      .addPrimaryKeyConstraint('events_id', ['agent_id', 'event_id'])
      .addForeignKeyConstraint('events_device', ['agent_id'], 'devices', ['agent_id'])
      .execute()
    await db.schema.createIndex('events_at').on('events').column('at').execute()
    for (const table of ['policies', 'tasks'])
      await db.schema
        .createTable(table)
        .addColumn('id', GUID, c => c.primaryKey())
        .addColumn('name', NAME, c => c.notNull())
        .addColumn('revision', 'integer', c => c.notNull())
        .execute()
    await db.insertInto('policies').values(seedPolicies()).execute()
    await db.insertInto('tasks').values(seedTasks()).execute()
  },
}

const mobileDevices: Migration = {
  async up(db: Kysely<Schema>) {
    // One a statement: SQLite adds no more.
    const devices = () => db.schema.alterTable('devices')
    await devices()
      .addColumn('mobile', 'integer', c => c.notNull().defaultTo(0))
      .execute()
    await devices().addColumn('user_name', NAME).execute()
    await devices().addColumn('push_kind', sql`varchar(8)`).execute()
    await devices().addColumn('push_token', 'text').execute()
    await devices().addColumn('revoked_at', 'bigint').execute()
  },
}

const serverEvents: Migration = {
  async up(db: Kysely<Schema>) {
    await db.schema
      .createTable('server_events')
      .addColumn('event_id', sql`varchar(64)`, c => c.primaryKey())
      .addColumn('at', 'bigint', c => c.notNull())
      .addColumn('severity', 'integer', c => c.notNull())
      .addColumn('kind', NAME, c => c.notNull())
      .addColumn('text', 'text', c => c.notNull())
      .execute()
    await db.schema.createIndex('server_events_at').on('server_events').column('at').execute()
  },
}

/** Append only; the names give the order and are remembered in every store. */
const migrations: Record<string, Migration> = {
  '0001-devices-events': first,
  '0002-mobile-devices': mobileDevices,
  '0005-groups-policies-tasks': groupsPoliciesTasks,
  '0006-tags': tags,
  '0008-server-events': serverEvents,
}

export const migrationProvider: MigrationProvider = { getMigrations: async () => migrations }
