import type { Socket } from 'node:net'
import { PostgresDialect, type PostgresPoolClient } from 'kysely'
import pg from 'pg'
import { NetError } from '../../../../shared/net/errors.ts'
import { readBytes } from '../../../../shared/net/read-bytes.ts'
import { acquired, answered, dialDatabase, loggedIn, ownTimeout, poolOf, type Reach } from './pool.ts'

/** postgresql.org/docs, "Message formats", SSLRequest. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

/** PostgreSQL speaks TLS after it was asked whether it does. */
async function askForTls(raw: Socket, { timeout, signal }: { timeout: number; signal: AbortSignal | undefined }) {
  raw.write(SSL_REQUEST)
  const [answer] = await readBytes(raw, () => 1, { what: 'PostgreSQL, asked for TLS', timeout, signal })
  if (answer !== 0x53) throw new NetError('TLS_NOT_OFFERED', 'the PostgreSQL server offers no TLS')
}

/** OID of `bigint`, which the driver gives as a string; the store's are times and counts. */
const INT8 = 20
const types = {
  getTypeParser: ((oid: number, format: 'text') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

export function postgresDialect(reach: Reach): PostgresDialect {
  const { place, timeout } = reach
  const connect = async () => {
    const connection = await dialDatabase(reach, askForTls)
    const socket = connection.stream as Socket
    // The driver would dial by itself.
    const stream = Object.assign(socket, { connect: () => queueMicrotask(() => socket.emit('connect')) })
    const { user, password, database } = place
    const client = new pg.Client({
      ...{ user, password, database, types },
      stream: () => stream as unknown as Socket,
      connectionTimeoutMillis: ownTimeout(timeout),
      application_name: 'ksc-lab',
    })
    // An idle one that breaks is not asked any more: `usable`.
    client.on('error', () => {})
    await loggedIn(reach, connection, () => client.connect())
    const query = (text: string, values: readonly unknown[]) =>
      answered(reach, socket, () => client.query(text, values as unknown[]))
    const one = { query, release: () => pool.release(one as never) } as unknown as PostgresPoolClient
    return Object.assign(one, { socket, end: () => client.end() })
  }
  const pool = poolOf({
    ...reach,
    create: connect,
    usable: ({ socket }) => !socket.destroyed && socket.readable,
    destroy: one => (one.socket.destroyed ? undefined : one.end()),
  })
  return new PostgresDialect({
    pool: { connect: () => acquired(reach, pool), end: async () => void (await pool.destroy()) },
  })
}
