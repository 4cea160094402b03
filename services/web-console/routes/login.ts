import type { FastifyInstance } from 'fastify'
import { NetError } from '../../../shared/net/errors.ts'
import type { Console } from '../app.ts'
import { sessionCookie, sessionIdIn } from '../cookie.ts'
import { FORBIDDEN, NOT_AUTHENTICATED } from '../open-api.ts'
import { loginPage } from '../pages/login.ts'
import { troublePage } from '../pages/trouble.ts'
import { troubleWith } from '../trouble.ts'

const REFUSED: Readonly<Record<string, string>> = {
  [NOT_AUTHENTICATED]: 'The Administration Server does not accept this name and password.',
  [FORBIDDEN]: 'This account has no right to log in to the Administration Server.',
}

/** `GET /login`, the form, and `POST /login`, which logs in at the Administration Server. */
export function login(app: FastifyInstance, { sessions, host, to, log }: Console): void {
  app.get<{ Querystring: { ended?: string } }>('/login', async (request, reply) => {
    const notice = request.query.ended === undefined ? null : 'Your session has ended. Log in again.'
    return reply.type('text/html').send(loginPage({ server: to.host, notice }))
  })

  app.post('/login', async (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
    const user = form.get('user')?.trim() ?? ''
    const password = form.get('password') ?? ''
    reply.type('text/html')
    const again = (status: number, error: string) =>
      reply.code(status).send(loginPage({ server: to.host, user, error }))
    if (user === '' || password === '') return again(400, 'Both the name and the password are needed.')
    try {
      const id = await sessions.login({ user, password })
      // A second login in the same browser takes the place of the first.
      void sessions.end(sessionIdIn(request.headers.cookie))
      return reply.header('set-cookie', sessionCookie(id)).redirect('/', 303)
    } catch (error) {
      const refused = error instanceof NetError ? REFUSED[error.code] : undefined
      const { cause } = error as Error
      // What the Server says itself, where it does, is nearer: an address that is not on its list, for one.
      if (refused !== undefined) return again(401, typeof cause === 'string' ? cause : refused)
      const trouble = troubleWith(error, host, to)
      log.warn({ err: error }, 'a login did not reach the Administration Server')
      return reply.code(502).send(troublePage({ server: to.host, trouble, retry: '/login' }))
    }
  })
}
