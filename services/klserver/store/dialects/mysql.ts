import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { MysqlDialect, type MysqlPoolConnection } from 'kysely'
import { createConnection, type Connection as MysqlConnection } from 'mysql2'
import { MysqlTls } from './mysql-tls.ts'
import { acquired, answered, dialDatabase, loggedIn, ownTimeout, poolOf, type Reach } from './pool.ts'

export function mysqlDialect(reach: Reach): MysqlDialect {
  const connect = async () => {
    const tls = reach.place.tls ? new MysqlTls(stream => begin(reach, stream)) : null
    const connection = await dialDatabase(reach, tls?.preface)
    const socket = connection.stream as Socket
    const client = await loggedIn(reach, connection, () =>
      tls ? tls.goOn(connection.stream) : begin(reach, connection.stream).loggedIn,
    )
    const one: MysqlPoolConnection & { socket: Socket; end: () => void } = {
      socket,
      query: ((sql: string, values: readonly unknown[], done: (error: unknown, rows?: unknown) => void) =>
        answered(reach, socket, () => ask(client, sql, values)).then(
          rows => done(null, rows),
          error => done(error),
        )) as unknown as MysqlPoolConnection['query'],
      release: () => void pool.release(one),
      end: () => void client.end(() => socket.destroy()),
    }
    return one
  }
  const pool = poolOf({
    ...reach,
    create: connect,
    usable: ({ socket }) => !socket.destroyed && socket.readable,
    destroy: ({ socket, end }) => (socket.destroyed ? undefined : end()),
  })
  return new MysqlDialect({
    pool: {
      getConnection: done =>
        void acquired(reach, pool).then(
          one => done(null, one),
          error => done(error, undefined as never),
        ),
      end: done => void pool.destroy().then(() => done(null), done),
    },
  })
}

const ask = (client: MysqlConnection, sql: string, values: readonly unknown[]): Promise<unknown> =>
  new Promise((resolve, reject) => {
    client.query(sql, values as unknown[], (error, rows) => (error ? reject(error) : resolve(rows)))
  })

function begin({ place, timeout }: Reach, stream: Duplex) {
  const { user, password, database, tls } = place
  const client = createConnection({
    ...{ user, password, database, stream },
    ...(tls ? { ssl: {} } : {}),
    connectTimeout: ownTimeout(timeout),
    charset: 'utf8mb4',
  })
  const loggedIn = new Promise<MysqlConnection>((resolve, reject) => {
    client.on('error', reject)
    client.connect(error => (error ? reject(error) : resolve(client)))
  })
  loggedIn.catch(() => {})
  return { client, loggedIn }
}
