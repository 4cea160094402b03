import type { FastifyInstance } from 'fastify'
import type { Console } from '../app.ts'

/** `GET /health`, without a login: 200 or 503. */
export function healthRoute(app: FastifyInstance, { health }: Console): void {
  app.get('/health', async (_request, reply) => {
    const state = await health()
    return reply.code(state.status === 'ok' ? 200 : 503).send(state)
  })
}
