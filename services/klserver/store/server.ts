/** The store in a database server: waited for at the start, and said to be away later, instead of failing. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely } from 'kysely'
import { printPlace } from '../../../shared/config/database.ts'
import { NetError } from '../../../shared/net/errors.ts'
import { type Reach, serverDialect } from './dialects/index.ts'
import { StoreError } from './errors.ts'
import { causeOf, faultOf, wordsOf } from './faults.ts'
import { type Store, storeOn } from './index.ts'
import { migrate } from './migrate.ts'
import type { Schema } from './schema.ts'

export interface Waiting {
  /** ms for which a database that is away is waited for at the start. */
  patience: number
  /** Told at once, and every few seconds. */
  onWaiting: (line: string) => void
}

/** ms between two attempts, and between two lines about them. */
const AGAIN = 500
const LINE = 5_000

/** @throws StoreError where it does not let us in, holds something else, or is not there in time */
export async function openServerStore(reach: Reach, { patience, onWaiting }: Waiting): Promise<Store> {
  const where = printPlace(reach.place)
  const until = Date.now() + patience
  let told = 0
  for (;;) {
    const failure = await attempt(reach, where)
    if (!('error' in failure)) return failure.store
    const error = causeOf(failure.error)
    if (error instanceof StoreError) throw error
    if (!isAway(error)) throw notLetIn(where, reach.place.user, error)
    if (Date.now() >= until)
      throw new StoreError(
        `the database ${where} is away: ${wordsOf(error)}; it was waited for ${patience / 1_000} s`,
        'start it, or let klserver reach it; or wait longer (KSC_LAB_DATABASE_WAIT)',
        { cause: error },
      )
    if (Date.now() - told >= LINE) {
      told = Date.now()
      onWaiting(`waiting for the database ${where}: ${wordsOf(error)}; for ${Math.ceil((until - told) / 1_000)} s more`)
    }
    await sleep(AGAIN, undefined, reach.signal ? { signal: reach.signal } : {})
  }
}

async function attempt(reach: Reach, where: string): Promise<{ store: Store } | { error: unknown }> {
  const db = new Kysely<Schema>({ dialect: await serverDialect(reach) })
  try {
    await migrate(db, reach.place.dialect, {
      where,
      newer: 'use that one, or give another database',
      unprepared: 'give its user all rights in a database of its own',
    })
    return { store: storeOn(db) }
  } catch (error) {
    return { error }
  }
}

/** A certificate that is not accepted will not be better in a second. */
const isAway = (error: unknown): boolean =>
  faultOf(error) === 'away' && !(error instanceof NetError && ['CERTIFICATE', 'TLS_NOT_OFFERED'].includes(error.code))

const notLetIn = (where: string, user: string, cause: unknown) =>
  new StoreError(
    `the database ${where} does not take ${user} as its user: ${wordsOf(cause)}`,
    'compare KSC_LAB_DATABASE with what the database server knows: user, password, database, and whether TLS is asked for',
    { cause },
  )

/** Leaves a word in the database by a connection of its own. */
export async function leaveWord(reach: Omit<Reach, 'most'>, nonce: string): Promise<void> {
  const db = new Kysely<Schema>({ dialect: await serverDialect({ ...reach, most: 1 }) })
  try {
    await db.insertInto('exercises').values({ nonce, at: Date.now() }).execute()
  } catch (error) {
    throw causeOf(error)
  } finally {
    await db.destroy()
  }
}
