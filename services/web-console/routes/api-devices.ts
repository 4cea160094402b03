import type { FastifyInstance } from 'fastify'
import type { Console } from '../app.ts'
import { saysSessionEnded } from '../console-session.ts'
import { sessionIdIn } from '../cookie.ts'
import { troubleLine } from '../trouble.ts'

/** `GET /api/devices`: `{"devices": [...]}`, or `{"error": "..."}` with 401 or 502. */
export function apiDevices(app: FastifyInstance, { sessions, to }: Console): void {
  app.get('/api/devices', async (request, reply) => {
    const id = sessionIdIn(request.headers.cookie)
    const session = sessions.find(id)
    const loginFirst = () => reply.code(401).send({ error: 'log in first: POST /login with user and password' })
    if (!session) return loginFirst()
    try {
      return { devices: await session.devices() }
    } catch (error) {
      if (!saysSessionEnded(error)) return reply.code(502).send({ error: troubleLine(error, to) })
      await sessions.end(id)
      return loginFirst()
    }
  })
}
