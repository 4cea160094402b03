/** Groups, policies and tasks: what an administrator sets up. */
import { type Generated, type Kysely, type Migration, sql } from 'kysely'
import { MANAGED, UNASSIGNED } from '../groups.ts'
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

const NAME = sql`varchar(255)`

async function addNumbers(db: Kysely<Schema>, table: 'policies' | 'tasks', now: number): Promise<void> {
  const add = () => db.schema.alterTable(table)
  await add()
    .addColumn('number', 'integer', c => c.notNull().defaultTo(0))
    .execute()
  await add()
    .addColumn('group_id', 'integer', c => c.notNull().defaultTo(MANAGED))
    .execute()
  await add()
    .addColumn('created_at', 'bigint', c => c.notNull().defaultTo(0))
    .execute()
  const rows = await db.selectFrom(table).select('id').orderBy('name').execute()
  for (const [n, { id }] of rows.entries())
    await db
      .updateTable(table)
      .set({ number: n + 1, created_at: now })
      .where('id', '=', id)
      .execute()
  await db.schema.createIndex(`${table}_number`).unique().on(table).column('number').execute()
}

export const groupsPoliciesTasks: Migration = {
  async up(db: Kysely<Schema>) {
    const now = Date.now()
    await db.schema
      .createTable('admin_groups')
      .addColumn('id', 'integer', c => c.primaryKey())
      .addColumn('parent_id', 'integer')
      .addColumn('name', NAME, c => c.notNull())
      .addColumn('created_at', 'bigint', c => c.notNull())
      .addColumn('changed_at', 'bigint', c => c.notNull())
      .execute()
    const predefined = [
      { id: MANAGED, name: 'Managed devices' },
      { id: UNASSIGNED, name: 'Unassigned devices' },
    ]
    await db
      .insertInto('admin_groups')
      .values(predefined.map(group => ({ ...group, parent_id: null, created_at: now, changed_at: now })))
      .execute()
    await addNumbers(db, 'policies', now)
    await addNumbers(db, 'tasks', now)
    const policies = () => db.schema.alterTable('policies')
    await policies()
      .addColumn('active', 'integer', c => c.notNull().defaultTo(1))
      .execute()
    await policies().addColumn('product', NAME).execute()
    await policies().addColumn('version', NAME).execute()
    await db.schema
      .createTable('task_runs')
      .addColumn('task_number', 'integer', c => c.notNull())
      .addColumn('host_id', sql`varchar(36)`, c => c.notNull())
      .addColumn('started_at', 'bigint', c => c.notNull())
      .addColumn('finished_at', 'bigint')
      .addPrimaryKeyConstraint('task_runs_id', ['task_number', 'host_id'])
      .execute()
  },
}
