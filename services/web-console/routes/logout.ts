import type { FastifyInstance } from 'fastify'
import type { Console } from '../app.ts'
import { noCookie, sessionIdIn } from '../cookie.ts'

/** `POST /logout`: ends the session here and at the Administration Server. */
export function logout(app: FastifyInstance, { sessions }: Console): void {
  app.post('/logout', async (request, reply) => {
    await sessions.end(sessionIdIn(request.headers.cookie))
    return reply.header('set-cookie', noCookie).redirect('/login', 303)
  })
}
