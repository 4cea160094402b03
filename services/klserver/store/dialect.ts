/** What the databases name differently, so that the schema is one. */
import { type CreateTableBuilder, type Kysely, type Migration, MssqlAdapter, sql } from 'kysely'
import type { ServerDialect } from '../../../shared/config/database.ts'
import { errorNumber } from './faults.ts'

export type Dialect = 'sqlite' | ServerDialect

export type MigrationFor = (dialect: Dialect) => Migration

export const columnTypes = (dialect: Dialect) => ({
  guid: sql`varchar(36)`,
  /** The longest DNS name. */
  name: dialect === 'mssql' ? sql`nvarchar(255)` : sql`varchar(255)`,
  word: (length: number) => sql.raw(`varchar(${length})`),
  json: LONG[dialect] ?? ('json' as const),
  text: LONG[dialect] ?? ('text' as const),
})

/** `text` of MySQL ends at 64 KiB, and its `json` is another thing in MariaDB. */
const LONG: Partial<Record<Dialect, ReturnType<typeof sql>>> = { mysql: sql`longtext`, mssql: sql`nvarchar(max)` }

/** MySQL's own default finds `A` equal to `a`, which are two ids. */
// biome-ignore lint/suspicious/noExplicitAny: kysely's own bound of a table that a migration makes
export const asTable = <T extends CreateTableBuilder<any, any>>(dialect: Dialect, table: T): T =>
  (dialect === 'mysql' ? table.modifyEnd(sql`character set utf8mb4 collate utf8mb4_bin`) : table) as T

/** MySQL: table, column, index exist. */
const EXISTS = new Set([1050, 1060, 1061])

/** MySQL commits every step of a migration by itself: what was done before it was cut off is there already. */
export async function step(dialect: Dialect, change: { execute(): Promise<unknown> }): Promise<void> {
  try {
    await change.execute()
  } catch (error) {
    if (dialect !== 'mysql' || !EXISTS.has(errorNumber(error) ?? 0)) throw error
  }
}

// biome-ignore lint/suspicious/noExplicitAny: of whatever tables
export const isMssql = (db: Kysely<any>): boolean => db.getExecutor().adapter instanceof MssqlAdapter

/** No more than so many rows: SQL Server has a word of its own for it. */
export function most<Q extends { limit(rows: number): Q; top(rows: number): Q }, S>(
  db: Kysely<S>,
  query: Q,
  rows: number,
): Q {
  return isMssql(db) ? query.top(rows) : query.limit(rows)
}
