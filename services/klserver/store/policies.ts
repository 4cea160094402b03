import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { again } from './again.ts'
import type { Revisioned, Schema } from './schema.ts'

export interface Policy extends Revisioned {
  /** As the OpenAPI calls it; never another policy's. */
  number: number
  groupId: number
  active: boolean
  /** Of the application; null where it is not known. */
  product: string | null
  version: string | null
  /** ms since 1970 */
  createdAt: number
}

export interface NewPolicy {
  name: string
  groupId: number
  active: boolean
  product: string | null
  version: string | null
  /** ms since 1970 */
  at: number
}

export async function selectPolicies(db: Kysely<Schema>): Promise<Policy[]> {
  const rows = await db.selectFrom('policies').selectAll().orderBy('name').orderBy('number').execute()
  return rows.map(({ id, name, revision, number, group_id, active, product, version, created_at }) => ({
    ...{ id, name, revision, number, product, version },
    groupId: group_id,
    active: active === 1,
    createdAt: Number(created_at),
  }))
}

/** @returns its number */
export const insertPolicy = (db: Kysely<Schema>, { groupId, active, at, ...rest }: NewPolicy): Promise<number> =>
  again(() =>
    db.transaction().execute(async transaction => {
      const highest = transaction.selectFrom('policies').select(({ fn }) => fn.max('number').as('highest'))
      const number = ((await highest.executeTakeFirst())?.highest ?? 0) + 1
      const own = { id: randomUUID(), revision: 1, number, group_id: groupId, active: active ? 1 : 0, created_at: at }
      await transaction
        .insertInto('policies')
        .values({ ...rest, ...own })
        .execute()
      return number
    }),
  )

/** @returns false where there is no such policy */
export async function activatePolicy(db: Kysely<Schema>, number: number, active: boolean): Promise<boolean> {
  const update = db
    .updateTable('policies')
    .set(({ eb }) => ({ active: active ? 1 : 0, revision: eb('revision', '+', 1) }))
    .where('number', '=', number)
  return (await update.executeTakeFirst()).numUpdatedRows > 0n
}

/** @returns false where there is no such policy */
export async function deletePolicy(db: Kysely<Schema>, number: number): Promise<boolean> {
  const deletion = db.deleteFrom('policies').where('number', '=', number)
  return (await deletion.executeTakeFirst()).numDeletedRows > 0n
}
