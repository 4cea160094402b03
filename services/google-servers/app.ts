/** FCM's HTTP v1 API and Google's token endpoint (docs/push.md). */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { createApp } from '../../shared/http/app.ts'
import { connectionOf } from '../../shared/http/serve.ts'
import { PROJECT, PROJECT_NUMBER } from '../../shared/push/google.ts'
import type { LinkServer } from '../../shared/push/link-server.ts'
import { Rate } from '../../shared/push/rate.ts'
import { type AccessTokens, OAuthFault } from './access-tokens.ts'
import { GoogleFault } from './fault.ts'
import { readMessage } from './message.ts'

/** To one device: 240 a minute ("Throttling and quotas"). */
const MOST_PER_DEVICE = 240
const MINUTE = 60_000

interface Parts {
  links: LinkServer
  tokens: AccessTokens
  log: Logger
}

export function googleServers({ links, tokens, log }: Parts): FastifyInstance {
  const app = createApp({ bodyLimit: 64 * 1024, keepAliveTimeout: 240_000, routerOptions: { caseSensitive: true } })
  const rate = new Rate(MOST_PER_DEVICE, MINUTE)
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new URLSearchParams(body as string)),
  )
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (error instanceof OAuthFault)
      return reply.code(400).send({ error: error.error, error_description: error.message })
    const known =
      error instanceof GoogleFault
        ? error
        : (error.statusCode ?? 500) < 500
          ? new GoogleFault('INVALID_ARGUMENT', error.message)
          : null
    if (known === null) log.error({ err: error }, 'a request failed')
    const fault = known ?? new GoogleFault('INTERNAL', 'Internal error encountered.')
    connectionOf(app, request)?.observe({
      what: 'message-refused',
      detail: { code: fault.code, message: fault.message },
    })
    if (fault.retryAfter !== undefined) void reply.header('retry-after', fault.retryAfter)
    return reply.code(fault.httpStatus).send(fault.body)
  })
  app.setNotFoundHandler(() => {
    throw new GoogleFault('NOT_FOUND', 'POST /token and POST /v1/projects/PROJECT/messages:send are served')
  })

  app.post('/token', async request => {
    if (!(request.body instanceof URLSearchParams))
      throw new OAuthFault('invalid_request', 'application/x-www-form-urlencoded is expected')
    return tokens.grant(request.body)
  })

  app.post<{ Params: { project: string } }>('/v1/projects/:project/messages::send', async request => {
    if (!tokens.accepts(request.headers.authorization))
      throw new GoogleFault(
        'UNAUTHENTICATED',
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
      )
    const { project } = request.params
    if (project !== PROJECT && project !== PROJECT_NUMBER)
      throw new GoogleFault(
        'PERMISSION_DENIED',
        `Permission 'cloudmessaging.messages.create' denied on resource projects/${project}`,
      )
    const { token, payload, collapse, life, validateOnly } = readMessage(request.body)
    const device = links.devices.byToken(token)
    if (!device) throw new GoogleFault('UNREGISTERED', 'Requested entity was not found.')
    const [sender] = device.topics
    if (sender !== PROJECT && sender !== PROJECT_NUMBER)
      throw new GoogleFault('SENDER_ID_MISMATCH', 'SenderId mismatch')
    const id = `0:${Date.now()}${randomBytes(3).readUIntBE(0, 3)}%${randomBytes(8).toString('hex')}`
    if (validateOnly) return { name: `projects/${project}/messages/fake_message_id` }
    const wait = rate.take(token)
    if (wait > 0) throw new GoogleFault('QUOTA_EXCEEDED', 'Device message rate exceeded.', Math.ceil(wait / 1_000))
    const outcome = links.push(token, {
      id,
      topic: sender,
      payload,
      expires: life === 0 ? 0 : Date.now() + life,
      collapse,
    })
    log.info({ id, outcome }, 'a message was taken')
    return { name: `projects/${project}/messages/${id}` }
  })
  return app
}
