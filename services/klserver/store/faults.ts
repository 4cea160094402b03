/** What an error of a driver means, in words that are the same for all of them. */
import { NetError } from '../../../shared/net/errors.ts'

/**
 * `unique`, `reference`: a row that is there already, or whose device is not; `login`: the database does not let this Server
 * in; `statement`: it answered, and did not like what was asked; `away`: nobody answered, or nobody does for now.
 */
export type DatabaseFault = 'unique' | 'reference' | 'login' | 'statement' | 'away'

interface DriverError {
  /** pg: SQLSTATE; mysql2 and tedious: a word. */
  code?: unknown
  /** pg, of what the database itself says. */
  severity?: unknown
  /** mysql2, of what the database itself says. */
  sqlState?: unknown
  errno?: unknown
  /** tedious */
  number?: unknown
  /** node:sqlite */
  errcode?: unknown
}

/** MySQL's and SQL Server's number of an error; undefined for what a database did not say. */
export function errorNumber(error: unknown): number | undefined {
  const { errno, sqlState, number } = error as DriverError
  if (typeof sqlState === 'string' && typeof errno === 'number') return errno
  return typeof number === 'number' ? number : undefined
}

/** What became of it below, in the driver's own words. */
export const causeOf = (error: unknown): unknown => (error instanceof StoreAway ? error.cause : error)

export function faultOf(given: unknown): DatabaseFault {
  const error = causeOf(given)
  const { code, severity, errcode } = error as DriverError
  if (typeof errcode === 'number') return SQLITE[errcode] ?? 'statement'
  if (typeof severity === 'string' && typeof code === 'string') return postgresFault(code)
  const number = errorNumber(error)
  if (number !== undefined) return NUMBERS[number] ?? 'statement'
  return code === 'ELOGIN' ? 'login' : 'away'
}

/** sqlite.org/rescode.html: CONSTRAINT_PRIMARYKEY, _UNIQUE, _FOREIGNKEY. */
const SQLITE: Readonly<Record<number, DatabaseFault>> = { 1555: 'unique', 2067: 'unique', 787: 'reference' }

/** postgresql.org/docs, appendix A. */
function postgresFault(state: string): DatabaseFault {
  if (state === '23505') return 'unique'
  if (state === '23503') return 'reference'
  if (state.startsWith('28') || state === '3D000' || state === '42501') return 'login'
  // Connection exceptions, shutdowns, no room for one more connection, and two transactions that waited for each other.
  return /^(08|57P|53|40)/.test(state) ? 'away' : 'statement'
}

const of = (fault: DatabaseFault, numbers: readonly number[]) => numbers.map(number => [number, fault] as const)

/** mariadb.com/kb "Error codes" below 4000 and from 3000 to 3200 MySQL's; SQL Server's: 547, 2601, 2627, 4060, 18456, 1205. */
const NUMBERS: Readonly<Record<number, DatabaseFault>> = Object.fromEntries([
  ...of('unique', [1062, 2601, 2627]),
  ...of('reference', [1452, 547]),
  ...of('login', [1044, 1045, 1049, 1130, 1142, 1251, 1698, 3159, 4060, 18456]),
  ...of('away', [1040, 1053, 1203, 1205, 1213, 1927, 3168, 3169]),
])

/** Agents keep what they have to say and come again; so does everybody else. */
export class StoreAway extends NetError {
  override name = 'StoreAway'
  constructor(where: string, cause: unknown) {
    super('try-later', `the database of the Administration Server, ${where}, is away: ${wordsOf(cause)}; try later`, {
      cause,
    })
  }
}

/** node:net has no message of its own where a name stands for several addresses. */
export const wordsOf = (error: unknown): string => {
  const { message, code } = causeOf(error) as { message?: string; code?: string }
  return message || code || String(error)
}
