import type { FastifyError, FastifyInstance } from 'fastify'
import { createApp } from '../../shared/http/app.ts'
import { connectionOf } from '../../shared/http/serve.ts'
import { Refusal } from './refusal.ts'
import { api } from './routes/api.ts'
import { enrol } from './routes/enrol.ts'
import { mdm } from './routes/mdm.ts'
import type { MdmServer } from './server.ts'

/** A report of 2 MiB, and the keys around it. */
const BODY_LIMIT = 2 * 1024 * 1024 + 64 * 1024

const PATHS = 'PUT /mdm/checkin, PUT /mdm/connect, GET /enrol, /api/devices, /api/enrolments'

export function mdmApp(server: MdmServer): FastifyInstance {
  const app = createApp({ bodyLimit: BODY_LIMIT, keepAliveTimeout: 60_000 })
  // Devices send their own media types, with and without a charset, or none; the bytes are what was signed.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.setErrorHandler<FastifyError | Refusal>((error, request, reply) => {
    const { url } = request
    if (error instanceof Refusal) {
      connectionOf(app, request)?.observe({
        what: 'message-refused',
        detail: { code: error.code, message: error.message },
      })
      server.log.warn(
        { url: url.split('?')[0], status: error.status, code: error.code, reason: error.message },
        'refused',
      )
      return reply.code(error.status).type('application/json').send(error.body)
    }
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
      return reply.code(413).send({ error: 'the body is too large: a report has at most 2 MiB, a command 512 KiB' })
    const status = error.statusCode ?? 500
    // The device keeps its report and tries again; what went wrong is for the log.
    if (status >= 500) server.log.error({ err: error, url: url.split('?')[0] }, 'a request failed')
    return reply.code(status).send({ error: status >= 500 ? 'internal error' : error.message })
  })
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: `no ${request.method} ${request.url.split('?')[0]} here; there are ${PATHS}` }),
  )
  mdm(app, server)
  enrol(app, server)
  api(app, server)
  return app
}
