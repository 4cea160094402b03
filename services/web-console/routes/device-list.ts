import type { FastifyInstance } from 'fastify'
import type { Console } from '../app.ts'
import { saysSessionEnded } from '../console-session.ts'
import { noCookie, sessionIdIn } from '../cookie.ts'
import { devicesPage } from '../pages/devices.ts'
import { troublePage } from '../pages/trouble.ts'
import { troubleWith } from '../trouble.ts'

/** `GET /`: the devices, or the way to the login form. */
export function deviceList(app: FastifyInstance, { sessions, host, to }: Console): void {
  app.get('/', async (request, reply) => {
    const id = sessionIdIn(request.headers.cookie)
    const session = sessions.find(id)
    if (!session) return reply.redirect('/login', 303)
    reply.type('text/html')
    try {
      return devicesPage({ server: to.host, user: session.user, devices: await session.devices() })
    } catch (error) {
      if (!saysSessionEnded(error))
        return reply
          .code(502)
          .send(troublePage({ server: to.host, user: session.user, trouble: troubleWith(error, host, to), retry: '/' }))
      await sessions.end(id)
      return reply.header('set-cookie', noCookie).redirect('/login?ended', 303)
    }
  })
}
