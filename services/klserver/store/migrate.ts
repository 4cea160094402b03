import { type Kysely, Migrator } from 'kysely'
import type { Dialect } from './dialect.ts'
import { StoreError } from './errors.ts'
import { faultOf, wordsOf } from './faults.ts'
import { migrationsFor, type Schema } from './schema.ts'

interface Words {
  /** Which database it is. */
  where: string
  /** What to do where a newer ksc-lab has made it, and where it cannot be prepared. */
  newer: string
  unprepared: string
}

/** Where it fails the connection is given up. @throws StoreError, or the driver's own where the database is away */
export async function migrate(
  db: Kysely<Schema>,
  dialect: Dialect,
  { where, newer, unprepared }: Words,
): Promise<void> {
  // What was numbered apart may land in another order.
  const migrator = new Migrator({ db, provider: migrationsFor(dialect), allowUnorderedMigrations: true })
  const { error } = await migrator.migrateToLatest().catch((error: unknown) => ({ error }))
  if (error === undefined) return
  await db.destroy()
  // Migrator's word for a migration that was done and that it does not have.
  if (String(error).includes('corrupted migrations'))
    throw new StoreError(`${where} was made by a newer ksc-lab`, newer, { cause: error })
  if (dialect !== 'sqlite' && ['away', 'login'].includes(faultOf(error))) throw error
  throw new StoreError(`${where} cannot be prepared: ${wordsOf(error)}`, unprepared, { cause: error })
}
