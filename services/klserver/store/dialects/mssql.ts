import type { Socket } from 'node:net'
import { MssqlDialect } from 'kysely'
import * as Tarn from 'tarn'
import * as Tedious from 'tedious'
import { faultOf, wordsOf } from '../faults.ts'
import { dialDatabase, type Reach } from './pool.ts'

/** SQL Server wraps the TLS handshake in packets of its own, so that here the driver speaks TLS. */
export function mssqlDialect(reach: Reach): MssqlDialect {
  const { place, timeout, most, onConnection } = reach
  const { user, password, database, tls } = place
  const connectionFactory = () => {
    const dialled = Promise.withResolvers<Awaited<ReturnType<typeof dialDatabase>>>()
    dialled.promise.catch(() => {})
    const client = new Tedious.Connection({
      server: place.host,
      authentication: { type: 'default', options: { userName: user, password } },
      options: {
        database,
        encrypt: tls !== null,
        trustServerCertificate: false,
        ...(tls && 'ca' in tls ? { cryptoCredentialsDetails: { ca: [tls.ca] } } : {}),
        connectTimeout: timeout,
        requestTimeout: timeout,
        cancelTimeout: timeout,
        connector: async () => {
          const connection = dialDatabase(reach)
          dialled.resolve(connection)
          return (await connection).raw as Socket
        },
      },
    })
    client.on('connect', error => {
      void dialled.promise.then(
        connection => {
          if (!error) onConnection?.(connection)
          else if (faultOf(error) === 'login')
            connection.observe({ what: 'login-refused', detail: { user, message: wordsOf(error) } })
          if (error) connection.close()
        },
        () => {},
      )
    })
    return client
  }
  return new MssqlDialect({
    tarn: {
      ...Tarn,
      options: { min: 0, max: most, acquireTimeoutMillis: timeout * 3, propagateCreateError: true, log: () => {} },
    },
    tedious: { ...Tedious, connectionFactory },
  })
}
