/** Web Console Server: 8080 (HTTPS) for browsers, and the OpenAPI of the Administration Server (13299) behind it. */
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { httpClient } from '../../shared/http/client.ts'
import { serveHttp } from '../../shared/http/serve.ts'
import { NetError } from '../../shared/net/errors.ts'
import type { Connection, Host } from '../../shared/net/host.ts'
import type { Service, ServiceContext, StartService } from '../../shared/service.ts'
import { pinned } from '../../shared/tls/rules.ts'
import { describePem } from '../../shared/tls/seen.ts'
import { abortable } from './abortable.ts'
import { consoleApp } from './app.ts'
import { callOpenApi } from './call-open-api.ts'
import { serveEvents } from './events.ts'
import { healthCheck } from './health.ts'
import { Sessions } from './sessions.ts'
import { troubleLine } from './trouble.ts'

/** ms between two looks at the devices while a page is open. */
const INTERVAL = 5_000
/** ms for each step of a call: a person waits in front of the page. */
const CALL_TIMEOUT = 10_000
/** ms; what asks for health (a container runtime, a load balancer) does not wait long. */
const HEALTH_TIMEOUT = 3_000
/** ms for logging everybody out when the service stops. */
const FAREWELL = 1_000

export const start: StartService = context => startWebConsole(context)

export async function startWebConsole(
  { host, credentials, peers, log }: ServiceContext,
  { interval = INTERVAL } = {},
): Promise<Service> {
  const server = peers('administration-server')[0]
  if (server === undefined)
    throw new Error(`${host.name}: a Web Console Server needs an Administration Server in its topology`)
  const to = { host: server, port: 13299 }
  // The console is given the Server certificate when it is installed (flow 9): read once, whatever is shown later.
  const held = ['common', 'common-reserve'].map(use => describePem(credentials.identity(use).cert).fingerprint)
  const rule = pinned(() => held)

  const stopped = new AbortController()
  const dialling = abortable(host, stopped.signal)
  const connect = (timeout: number) => () => httpClient(dialling, to, { tls: { rule }, timeout })
  const sessions = new Sessions({ connect: connect(CALL_TIMEOUT) })
  const health = healthCheck(connect(HEALTH_TIMEOUT))
  const app = consoleApp({ sessions, health, host: host.name, to, log })

  const connections = new WeakMap<Duplex, Connection>()
  const listener = await serveHttp(
    remembering(host, connections),
    8080,
    { tls: () => credentials.identity('web-console') },
    app,
  )
  const events = serveEvents({
    server: app.server,
    sessions,
    connectionOf: stream => connections.get(stream),
    interval,
    describe(error) {
      if (error instanceof NetError) return troubleLine(error, to)
      log.error({ err: error }, 'the devices could not be read')
      return 'The devices could not be read; the details are in the log of the Web Console Server.'
    },
  })

  let stopping: Promise<void> | null = null
  const stop = async () => {
    events.close()
    await Promise.race([sessions.endAll(), delay(FAREWELL, null, { ref: false })])
    stopped.abort()
    await listener.close()
    await app.close()
  }
  return {
    exercises: { '9': callOpenApi(credentials.administrator, rule) },
    stop: () => (stopping ??= stop()),
  }
}

/** The same Host; a connection is found by its stream, because an upgrade passes the hooks of `serveHttp` by. */
const remembering = (host: Host, connections: WeakMap<Duplex, Connection>): Host => ({
  ...host,
  listen: (port, options, onConnection) =>
    host.listen(port, options, connection => {
      connections.set(connection.stream, connection)
      onConnection(connection)
    }),
})
