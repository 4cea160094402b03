import { type Duplex, pipeline } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Connection, Host, Listener, ListenOptions } from '../net/host.ts'
import { isNonce, NONCE_HEADER } from './nonce.ts'
import { requestSight, watchBody } from './sights.ts'

/** Requests without a nonce that are written down of one connection: an exercise has fewer, and whoever asks for long fills no journal. */
const MOST_WITHOUT = 8

/** The connections that each application was fed. */
const served = new WeakMap<FastifyInstance, WeakMap<Duplex, Connection>>()

/** Connections on the same port that are no HTTP. */
interface Aside {
  when(connection: Connection): boolean
  take(connection: Connection): void
}

/**
 * Serves a fastify application on a documented port. The application never listens itself: the Host accepts and ends
 * TLS, and the nonce of a request and of its answer is journalled. May be called for several ports of one application.
 */
export async function serveHttp(
  host: Host,
  port: number,
  options: ListenOptions,
  app: FastifyInstance,
  aside?: Aside,
): Promise<Listener> {
  const connections = served.get(app) ?? journalNonces(app)
  await app.ready()
  return host.listen(port, options, connection => {
    if (aside?.when(connection)) return aside.take(connection)
    connections.set(connection.stream, connection)
    app.server.emit('connection', connection.stream)
  })
}

/** The connection by which a request came to this application. */
export const connectionOf = (app: FastifyInstance, request: FastifyRequest): Connection | undefined =>
  served.get(app)?.get(request.raw.socket)

function journalNonces(app: FastifyInstance): WeakMap<Duplex, Connection> {
  const connections = new WeakMap<Duplex, Connection>()
  served.set(app, connections)
  const without = new WeakMap<Connection, number>()
  const watched = new WeakSet<FastifyRequest>()
  app.addHook('onRequest', async (request, reply) => {
    const nonce = request.headers[NONCE_HEADER]
    const { method, url, headers, raw } = request
    const connection = connections.get(raw.socket)
    const before = connection ? (without.get(connection) ?? 0) : 0
    if (connection && !isNonce(nonce)) without.set(connection, before + 1)
    if (connection && (isNonce(nonce) || before < MOST_WITHOUT)) {
      watched.add(request)
      connection.observe(requestSight({ method, url, version: raw.httpVersion, headers }))
    }
    if (!isNonce(nonce)) return
    connection?.observe({ what: 'request-received', detail: { nonce } })
    void reply.header(NONCE_HEADER, nonce)
  })
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const connection = connections.get(request.raw.socket)
    if (!connection || !watched.has(request)) return done(null, payload)
    done(
      null,
      pipeline(
        payload,
        watchBody(sight => connection.observe(sight)),
        () => {},
      ),
    )
  })
  app.addHook('onResponse', async request => {
    const nonce = request.headers[NONCE_HEADER]
    if (isNonce(nonce)) connections.get(request.raw.socket)?.observe({ what: 'reply-sent', detail: { nonce } })
  })
  return connections
}
