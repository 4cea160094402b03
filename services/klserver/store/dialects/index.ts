import type { Dialect } from 'kysely'
import { StoreError } from '../errors.ts'
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
      return (await mssql()).mssqlDialect(reach)
  }
}

/** Its driver brings a cloud's libraries with it, so that an installation may leave it out. */
async function mssql(): Promise<typeof import('./mssql.ts')> {
  try {
    return await import('./mssql.ts')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new StoreError(
      'mssql: the driver of SQL Server (tedious) is not installed',
      'it is an optional dependency, which the image leaves out: `npm install tedious`',
      { cause },
    )
  }
}
