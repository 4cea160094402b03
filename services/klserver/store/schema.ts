import type { Kysely, MigrationProvider } from 'kysely'
import type { GroupId } from '../../../shared/wire/messages/fields.ts'
import type { PushKind } from '../../../shared/wire/messages/push-token.ts'
import {
  type GroupRow,
  groupNames,
  groupsPoliciesTasks,
  type PolicyRow,
  type TaskRow,
  type TaskRunRow,
} from './administration-schema.ts'
import { asTable, columnTypes, type Dialect, type MigrationFor, step } from './dialect.ts'
import { scale } from './scale-schema.ts'
import { seedPolicies, seedTasks } from './seed.ts'
import { type HostTagRow, type TagRow, tags } from './tags.ts'

/** Times are milliseconds since 1970. A driver may give 64-bit numbers as strings: read them with Number(). */
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
  exercises: { nonce: string; at: number }
}

export interface DeviceRow {
  host_id: string
  agent_id: string
  /** As the Network Agent calls its device. */
  name: string
  /** As an administrator calls it. */
  given_name: string | null
  /** What is displayed of both, in lower case: what filters look for. */
  find_name: string
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

const first: MigrationFor = dialect => ({
  async up(db: Kysely<Schema>) {
    const { guid, name, word, json, text } = columnTypes(dialect)
    const make = (table: string) => asTable(dialect, db.schema.createTable(table))
    await step(
      dialect,
      make('devices')
        .addColumn('host_id', guid, c => c.primaryKey())
        .addColumn('agent_id', guid, c => c.notNull().unique())
        .addColumn('name', name, c => c.notNull())
        .addColumn('given_name', name)
        .addColumn('address', word(64), c => c.notNull())
        .addColumn('version', word(64), c => c.notNull())
        .addColumn('os', name, c => c.notNull())
        .addColumn('state', word(8), c => c.notNull())
        .addColumn('group_id', 'integer', c => c.notNull())
        .addColumn('created_at', 'bigint', c => c.notNull())
        .addColumn('last_seen_at', 'bigint', c => c.notNull())
        .addColumn('last_sync_at', 'bigint')
        .addColumn('applications', json, c => c.notNull())
        .addColumn('notice_key', word(64), c => c.notNull()),
    )
    await step(
      dialect,
      make('events')
        .addColumn('agent_id', guid, c => c.notNull())
        .addColumn('event_id', word(64), c => c.notNull())
        .addColumn('at', 'bigint', c => c.notNull())
        .addColumn('severity', 'integer', c => c.notNull())
        .addColumn('kind', name, c => c.notNull())
        .addColumn('text', text, c => c.notNull())
        .addPrimaryKeyConstraint('events_id', ['agent_id', 'event_id'])
        .addForeignKeyConstraint('events_device', ['agent_id'], 'devices', ['agent_id']),
    )
    await step(dialect, db.schema.createIndex('events_at').on('events').column('at'))
    for (const table of ['policies', 'tasks'] as const) {
      await step(
        dialect,
        make(table)
          .addColumn('id', guid, c => c.primaryKey())
          .addColumn('name', name, c => c.notNull())
          .addColumn('revision', 'integer', c => c.notNull()),
      )
      const known = await db.selectFrom(table).select('id').execute()
      if (known.length === 0) await db.insertInto(table).values(seedOf[table]()).execute()
    }
  },
})

const seedOf = { policies: seedPolicies, tasks: seedTasks }

const mobileDevices: MigrationFor = dialect => ({
  async up(db: Kysely<Schema>) {
    const { name, word, text } = columnTypes(dialect)
    // One a statement: SQLite adds no more.
    const devices = () => db.schema.alterTable('devices')
    await step(
      dialect,
      devices().addColumn('mobile', 'integer', c => c.notNull().defaultTo(0)),
    )
    await step(dialect, devices().addColumn('user_name', name))
    await step(dialect, devices().addColumn('push_kind', word(8)))
    await step(dialect, devices().addColumn('push_token', text))
    await step(dialect, devices().addColumn('revoked_at', 'bigint'))
  },
})

/** What devices and events are looked for by, so that a network of 100,000 is not read for one of them. */
const searched: MigrationFor = dialect => ({
  async up(db: Kysely<Schema>) {
    const index = (name: string, table: string, columns: string[]) =>
      step(dialect, db.schema.createIndex(name).on(table).columns(columns))
    await index('devices_name', 'devices', ['name'])
    await index('devices_given_name', 'devices', ['given_name'])
    await index('devices_group', 'devices', ['group_id', 'created_at', 'host_id'])
    await index('devices_seen', 'devices', ['last_seen_at'])
    await index('devices_created', 'devices', ['created_at', 'host_id'])
    await index('events_device', 'events', ['agent_id', 'at'])
  },
})

/** Arrow 1 is exercised by a word that is left here and taken again. */
const exercises: MigrationFor = dialect => ({
  async up(db: Kysely<Schema>) {
    const { guid } = columnTypes(dialect)
    const table = asTable(dialect, db.schema.createTable('exercises'))
    await step(
      dialect,
      table.addColumn('nonce', guid, c => c.primaryKey()).addColumn('at', 'bigint', c => c.notNull()),
    )
  },
})

const serverEvents: MigrationFor = dialect => ({
  async up(db: Kysely<Schema>) {
    const { name, word, text } = columnTypes(dialect)
    await step(
      dialect,
      asTable(dialect, db.schema.createTable('server_events'))
        .addColumn('event_id', word(64), c => c.primaryKey())
        .addColumn('at', 'bigint', c => c.notNull())
        .addColumn('severity', 'integer', c => c.notNull())
        .addColumn('kind', name, c => c.notNull())
        .addColumn('text', text, c => c.notNull()),
    )
    await step(dialect, db.schema.createIndex('server_events_at').on('server_events').column('at'))
  },
})

/** Append only; the names give the order and are remembered in every store. */
const migrations: Record<string, MigrationFor> = {
  '0001-devices-events': first,
  '0002-mobile-devices': mobileDevices,
  '0003-searched': searched,
  '0004-exercises': exercises,
  '0005-groups-policies-tasks': groupsPoliciesTasks,
  '0006-tags': tags,
  '0007-group-names': groupNames,
  '0008-server-events': serverEvents,
  '0010-scale': scale,
}

export const migrationsFor = (dialect: Dialect): MigrationProvider => ({
  getMigrations: async () =>
    Object.fromEntries(Object.entries(migrations).map(([name, migration]) => [name, migration(dialect)])),
})
