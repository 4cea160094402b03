/** Everything that only SQLite knows: the embedded default behind kysely. */
import { closeSync, openSync, readSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import type { SqliteDatabase } from 'kysely'
import { StoreError } from './errors.ts'

/** "KSCL", in the field that SQLite keeps for telling one application's files from another's. */
const APPLICATION_ID = 0x4b53434c
/** ms to wait for another process that is writing. */
const BUSY_TIMEOUT = 2_000

/** @throws StoreError, with the file left as it was, where it is something else or damaged. */
export function openSqlite(file: string): SqliteDatabase {
  try {
    const head = file === ':memory:' ? '' : headOf(file)
    if (head !== '' && head !== MAGIC) throw notSqlite(file)
    if (head !== '') inspect(file)
    return asKyselyWants(prepared(file))
  } catch (error) {
    throw error instanceof StoreError ? error : asStoreError(file, error as SqliteError)
  }
}

/** First bytes of every database (sqlite.org/fileformat.html). SQLite itself takes a file shorter than a page for empty. */
const MAGIC = 'SQLite format 3\0'

/** @returns as much of MAGIC's length as there is; '' where there is no file. */
function headOf(file: string): string {
  const bytes = Buffer.alloc(MAGIC.length)
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
  try {
    return bytes.toString('latin1', 0, readSync(descriptor, bytes))
  } finally {
    closeSync(descriptor)
  }
}

/** Read only: not even the journal mode in the header changes before the file is known to be ours and whole. */
function inspect(file: string): void {
  const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT })
  try {
    const of = (pragma: string) => Object.values(database.prepare(`pragma ${pragma}`).get() ?? {})[0]
    const tables = database.prepare('select count(*) as n from sqlite_schema').get()?.n
    if (of('application_id') !== APPLICATION_ID && tables !== 0)
      throw new StoreError(
        `${file} is an SQLite database of another application`,
        'give another state folder, or move that file away; it was not changed',
      )
    const check = of('quick_check')
    if (check !== 'ok') throw damaged(file, String(check))
  } finally {
    database.close()
  }
}

function prepared(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT })
  try {
    // FULL: in WAL mode only this syncs at every commit, so that what was acknowledged survives a power cut (sqlite.org/pragma.html).
    database.exec(
      `pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma application_id = ${APPLICATION_ID}`,
    )
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** kysely's dialect is written for better-sqlite3, which takes parameters in one array and knows what returns rows. */
const asKyselyWants = (database: DatabaseSync): SqliteDatabase => ({
  close: () => database.close(),
  prepare(sql) {
    const statement = database.prepare(sql)
    const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[]
    return {
      reader: statement.columns().length > 0,
      // node:sqlite gives rows without a prototype, which serialisers meet unprepared.
      all: parameters => statement.all(...values(parameters)).map(row => ({ ...row })),
      run: parameters => statement.run(...values(parameters)),
      iterate: parameters => statement.iterate(...values(parameters)),
    }
  },
})

type SqliteError = Error & { code?: string; errcode?: number }

/** Primary result codes (sqlite.org/rescode.html). */
const BUSY = 5
const CORRUPT = 11
const NOT_A_DATABASE = 26

const notSqlite = (file: string, cause?: Error) =>
  new StoreError(
    `${file} is not an SQLite database`,
    'give another state folder, or move that file away; it was not changed',
    { cause },
  )

const damaged = (file: string, what: string, cause?: Error) =>
  new StoreError(
    `${file} is damaged: ${what}`,
    'restore a copy, or move it away to start with an empty store; it was not changed',
    { cause },
  )

function asStoreError(file: string, error: SqliteError): StoreError {
  const code = (error.errcode ?? 0) & 0xff
  if (code === CORRUPT) return damaged(file, error.message, error)
  if (code === NOT_A_DATABASE) return notSqlite(file, error)
  if (code === BUSY)
    return new StoreError(`${file} is in use`, 'stop the other ksc-lab with this state folder, or give another one', {
      cause: error,
    })
  return new StoreError(
    `${file} cannot be opened: ${error.message}`,
    'the folder must exist and be writable, and the path must be a file',
    { cause: error },
  )
}
