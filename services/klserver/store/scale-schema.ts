/** What a network of 100,000 devices is searched by. */
import { type Kysely, sql } from 'kysely'
import { columnTypes, type Dialect, type MigrationFor, step } from './dialect.ts'
import type { Schema } from './schema.ts'

/** Compared byte by byte in every database: a name that begins with `ws-` is between `ws-` and what comes after it. */
const COLLATED: Partial<Record<Dialect, ReturnType<typeof sql>>> = {
  postgres: sql`varchar(255) collate "C"`,
  mssql: sql`nvarchar(255) collate Latin1_General_100_BIN2`,
}

export const scale: MigrationFor = dialect => ({
  async up(db: Kysely<Schema>) {
    const type = COLLATED[dialect] ?? columnTypes(dialect).name
    await step(
      dialect,
      db.schema.alterTable('devices').addColumn('find_name', type, c => c.notNull().defaultTo('')),
    )
    const devices = await db.selectFrom('devices').select(['host_id', 'name', 'given_name']).execute()
    for (const { host_id, name, given_name } of devices)
      await db
        .updateTable('devices')
        .set({ find_name: findName(given_name ?? name) })
        .where('host_id', '=', host_id)
        .execute()
    const index = (name: string, table: string, column: string) =>
      step(dialect, db.schema.createIndex(name).on(table).column(column))
    await index('devices_find_name', 'devices', 'find_name')
    await index('task_runs_host', 'task_runs', 'host_id')
    await index('host_tags_tag', 'host_tags', 'tag')
  },
})

/** How a displayed name is looked for: filters know no case. */
export const findName = (displayName: string): string => displayName.toLowerCase()
