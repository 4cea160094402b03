import type { Dialect } from 'kysely'
import type { Reach } from './pool.ts'

export type { Reach } from './pool.ts'

/** A driver is loaded where it is needed: SQL Server's alone is as large as the rest of the lab. */
export async function serverDialect(reach: Reach): Promise<Dialect> {
  switch (reach.place.dialect) {
    case 'mysql':
      return (await import('./mysql.ts')).mysqlDialect(reach)
    case 'postgres':
      return (await import('./postgres.ts')).postgresDialect(reach)
    case 'mssql':
      return (await import('./mssql.ts')).mssqlDialect(reach)
  }
}
