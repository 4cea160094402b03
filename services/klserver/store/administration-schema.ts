/** Groups, policies and tasks: what an administrator sets up. */
import type { Generated, Kysely } from 'kysely'
import { MANAGED, UNASSIGNED } from '../groups.ts'
import { asTable, columnTypes, type Dialect, type MigrationFor, step } from './dialect.ts'
import type { Revisioned, Schema } from './schema.ts'

export interface GroupRow {
  id: number
  parent_id: number | null
  name: string
  created_at: number
  changed_at: number
}

export interface PolicyRow extends Revisioned {
  number: Generated<number>
  group_id: Generated<number>
  active: Generated<number>
  product: string | null
  version: string | null
  created_at: Generated<number>
}

export interface TaskRow extends Revisioned {
  number: Generated<number>
  group_id: Generated<number>
  created_at: Generated<number>
}

/** The last run of a task on a device. */
export interface TaskRunRow {
  task_number: number
  host_id: string
  started_at: number
  finished_at: number | null
}

async function addNumbers(
  dialect: Dialect,
  db: Kysely<Schema>,
  table: 'policies' | 'tasks',
  now: number,
): Promise<void> {
  const add = () => db.schema.alterTable(table)
  await step(
    dialect,
    add().addColumn('number', 'integer', c => c.notNull().defaultTo(0)),
  )
  await step(
    dialect,
    add().addColumn('group_id', 'integer', c => c.notNull().defaultTo(MANAGED)),
  )
  await step(
    dialect,
    add().addColumn('created_at', 'bigint', c => c.notNull().defaultTo(0)),
  )
  const rows = await db.selectFrom(table).select('id').orderBy('name').execute()
  for (const [n, { id }] of rows.entries())
    await db
      .updateTable(table)
      .set({ number: n + 1, created_at: now })
      .where('id', '=', id)
      .execute()
  await step(dialect, db.schema.createIndex(`${table}_number`).unique().on(table).column('number'))
}

/** Two may add the same group at once. */
export const groupNames: MigrationFor = dialect => ({
  up: (db: Kysely<Schema>) =>
    step(
      dialect,
      db.schema.createIndex('admin_groups_name').unique().on('admin_groups').columns(['parent_id', 'name']),
    ),
})

export const groupsPoliciesTasks: MigrationFor = dialect => ({
  async up(db: Kysely<Schema>) {
    const now = Date.now()
    const { guid, name } = columnTypes(dialect)
    const make = (table: string) => asTable(dialect, db.schema.createTable(table))
    await step(
      dialect,
      make('admin_groups')
        .addColumn('id', 'integer', c => c.primaryKey())
        .addColumn('parent_id', 'integer')
        .addColumn('name', name, c => c.notNull())
        .addColumn('created_at', 'bigint', c => c.notNull())
        .addColumn('changed_at', 'bigint', c => c.notNull()),
    )
    const known = await db.selectFrom('admin_groups').select('id').execute()
    const predefined = [
      { id: MANAGED, name: 'Managed devices' },
      { id: UNASSIGNED, name: 'Unassigned devices' },
    ]
    if (known.length === 0)
      await db
        .insertInto('admin_groups')
        .values(predefined.map(group => ({ ...group, parent_id: null, created_at: now, changed_at: now })))
        .execute()
    await addNumbers(dialect, db, 'policies', now)
    await addNumbers(dialect, db, 'tasks', now)
    const policies = () => db.schema.alterTable('policies')
    await step(
      dialect,
      policies().addColumn('active', 'integer', c => c.notNull().defaultTo(1)),
    )
    await step(dialect, policies().addColumn('product', name))
    await step(dialect, policies().addColumn('version', name))
    await step(
      dialect,
      make('task_runs')
        .addColumn('task_number', 'integer', c => c.notNull())
        .addColumn('host_id', guid, c => c.notNull())
        .addColumn('started_at', 'bigint', c => c.notNull())
        .addColumn('finished_at', 'bigint')
        .addPrimaryKeyConstraint('task_runs_id', ['task_number', 'host_id']),
    )
  },
})
