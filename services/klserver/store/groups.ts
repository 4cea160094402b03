import type { Kysely } from 'kysely'
import { SUPER } from '../groups.ts'
import type { GroupRow } from './administration-schema.ts'
import { again } from './again.ts'
import type { Schema } from './schema.ts'

export interface Group {
  id: number
  parentId: number | null
  name: string
  /** ms since 1970, as below. */
  createdAt: number
  changedAt: number
}

interface NewGroup {
  name: string
  parentId: number
  /** ms since 1970 */
  at: number
}

export const selectGroups = async (db: Kysely<Schema>): Promise<Group[]> =>
  (await db.selectFrom('admin_groups').selectAll().orderBy('id').execute()).map(readGroup)

/** One that is there already, by that name below that parent, is given back. */
export const insertGroup = (db: Kysely<Schema>, { name, parentId, at }: NewGroup): Promise<Group> =>
  again(() =>
    db.transaction().execute(async transaction => {
      const groups = await selectGroups(transaction)
      const known = groups.find(group => group.parentId === parentId && isSameName(group.name, name))
      if (known) return known
      const id = Math.max(SUPER, ...groups.map(group => group.id)) + 1
      const row = { id, parent_id: parentId, name, created_at: at, changed_at: at }
      await transaction.insertInto('admin_groups').values(row).execute()
      return readGroup(row)
    }),
  )

/** Case does not matter (assumed). */
export const isSameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

export async function updateGroup(db: Kysely<Schema>, id: number, { name, parentId, at }: NewGroup): Promise<void> {
  await db.updateTable('admin_groups').set({ name, parent_id: parentId, changed_at: at }).where('id', '=', id).execute()
}

/** With their policies and tasks. */
export const deleteGroups = (db: Kysely<Schema>, ids: number[]): Promise<void> =>
  db.transaction().execute(async transaction => {
    const tasks = transaction.selectFrom('tasks').select('number').where('group_id', 'in', ids)
    await transaction.deleteFrom('task_runs').where('task_number', 'in', tasks).execute()
    for (const table of ['policies', 'tasks'] as const)
      await transaction.deleteFrom(table).where('group_id', 'in', ids).execute()
    await transaction.deleteFrom('admin_groups').where('id', 'in', ids).execute()
  })

const readGroup = ({ id, parent_id, name, created_at, changed_at }: GroupRow): Group => ({
  id,
  parentId: parent_id,
  name,
  createdAt: Number(created_at),
  changedAt: Number(changed_at),
})
