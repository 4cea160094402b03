import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { createApp } from '../../shared/http/app.ts'
import type { Target } from '../../shared/net/host.ts'
import type { Health } from './health.ts'
import { problemPage } from './pages/problem.ts'
import { apiDevices } from './routes/api-devices.ts'
import { assets } from './routes/assets.ts'
import { deviceList } from './routes/device-list.ts'
import { events } from './routes/events.ts'
import { healthRoute } from './routes/health.ts'
import { login } from './routes/login.ts'
import { logout } from './routes/logout.ts'
import type { Sessions } from './sessions.ts'

/** What the routes work with. */
export interface Console {
  sessions: Sessions
  health: () => Promise<Health>
  /** This host's name. */
  host: string
  /** The Administration Server's OpenAPI. */
  to: Target
  log: Logger
}

/** Everything comes from this server, and nothing is inline. */
const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
/** Bytes; the login form is the largest thing anybody sends. */
const BODY_LIMIT = 8_192

export function consoleApp(console: Console): FastifyInstance {
  const app = createApp({ bodyLimit: BODY_LIMIT, keepAliveTimeout: 60_000 })
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
    })
  })
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(body.toString())),
  )
  for (const route of [deviceList, login, logout, apiDevices, healthRoute, events, assets]) route(app, console)

  const problem = (title: string, sentence: string) => problemPage({ server: console.to.host, title, sentence })
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .type('text/html')
      .send(problem('Nothing here', `There is no ${request.method} ${request.url.split('?')[0]} on this server.`)),
  )
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const { statusCode = 500 } = error
    if (statusCode >= 500) console.log.error({ err: error, url: request.url }, 'a request failed')
    const sentence = statusCode >= 500 ? 'The details are in the log of the Web Console Server.' : error.message
    return reply.code(statusCode).type('text/html').send(problem('This did not work', sentence))
  })
  return app
}
