import type { Socket } from 'node:net'
import { Pool } from 'tarn'
import { DATABASE_PORT, type DatabasePlace, DBMS, printPlace } from '../../../../shared/config/database.ts'
import { TimeoutError } from '../../../../shared/net/errors.ts'
import type { Connection, Host, TlsClientOptions } from '../../../../shared/net/host.ts'
import { issuedByAuthority, pinned } from '../../../../shared/tls/rules.ts'
import { faultOf, StoreAway, wordsOf } from '../faults.ts'

/** How a database server is reached. */
export interface Reach {
  host: Host
  place: DatabasePlace
  /** ms for each step: connect, TLS, login, one statement. */
  timeout: number
  signal?: AbortSignal
  /** Connections at once. */
  most: number
  /** A connection on which the database let this Server in. */
  onConnection?: (connection: Connection) => void
}

export async function dialDatabase(
  { host, place, timeout, signal }: Reach,
  preface?: TlsClientOptions['preface'],
): Promise<Connection> {
  const { dialect, tls } = place
  const trust =
    tls && preface
      ? 'pin' in tls
        ? { rule: pinned(() => [tls.pin]) }
        : { ca: [tls.ca], servername: place.host, rule: issuedByAuthority }
      : null
  return host.dial(
    { host: DBMS, port: DATABASE_PORT[dialect] },
    {
      timeout,
      ...(signal ? { signal } : {}),
      ...(trust ? { tls: { ...trust, ...(preface ? { preface } : {}) } } : {}),
    },
  )
}

/** Logs in on it; where that fails, says so in the journal and leaves no connection behind. */
export async function loggedIn<T>(
  { place, timeout, onConnection }: Reach,
  connection: Connection,
  login: () => Promise<T>,
): Promise<T> {
  try {
    const client = await inTime('login at the database', timeout, login)
    onConnection?.(connection)
    return client
  } catch (error) {
    if (faultOf(error) === 'login')
      connection.observe({ what: 'login-refused', detail: { user: place.user, message: wordsOf(error) } })
    connection.close()
    throw error
  }
}

async function inTime<T>(what: string, timeout: number, work: () => Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new TimeoutError(what, timeout)), timeout)
  try {
    return await Promise.race([work(), late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** The driver's own, which wait longer than the pool does, so that every time-out is told in the same words. */
export const ownTimeout = (timeout: number): number => timeout * 2

/** One statement, on a connection that is given up where nobody answers it. */
export async function answered<T>({ place, timeout }: Reach, socket: Socket, ask: () => Promise<T>): Promise<T> {
  try {
    return await inTime('a statement at the database', timeout, ask)
  } catch (error) {
    if (faultOf(error) !== 'away') throw error
    socket.destroy()
    throw new StoreAway(printPlace(place), error)
  }
}

/** @throws StoreAway */
export const acquired = <T>({ place }: Reach, pool: Pool<T>): Promise<T> =>
  pool.acquire().promise.catch((error: unknown) => {
    throw new StoreAway(printPlace(place), error)
  })

interface Pooled<T> {
  most: number
  timeout: number
  create: () => Promise<T>
  usable: (one: T) => boolean
  destroy: (one: T) => unknown
}

export const poolOf = <T>({ most, timeout, create, usable, destroy }: Pooled<T>): Pool<T> =>
  new Pool<T>({
    min: 0,
    max: most,
    create,
    validate: usable,
    destroy: async one => void (await destroy(one)),
    // A step that fails is told at once; who waits for a connection does so no longer than three steps take.
    acquireTimeoutMillis: timeout * 3,
    createTimeoutMillis: timeout * 3,
    propagateCreateError: true,
    log: () => {},
  })
