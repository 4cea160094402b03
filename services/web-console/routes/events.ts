import type { FastifyInstance } from 'fastify'

/** `GET /events` as a plain request: a proxy on the way has dropped the upgrade (RFC 9110 section 15.5.22). */
export function events(app: FastifyInstance): void {
  app.get('/events', async (_request, reply) =>
    reply
      .code(426)
      .headers({ upgrade: 'websocket', connection: 'upgrade' })
      .send({ error: 'this is a WebSocket; the request came without its Upgrade header' }),
  )
}
