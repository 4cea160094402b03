import type { FastifyInstance } from 'fastify'
import { challenge, isAdministrator } from '../administrator.ts'
import type { MdmServer } from '../server.ts'
import { commands } from './api-commands.ts'
import { devices } from './api-devices.ts'
import { enrolments } from './api-enrolments.ts'

/** The administrator's side (docs/ios-mdm.md): the lab's own, by Basic authentication. */
export function api(app: FastifyInstance, server: MdmServer): void {
  app.register(
    async scope => {
      scope.addHook('onRequest', async (request, reply) => {
        if (!isAdministrator(request, server.administrator))
          await challenge(reply).send({ error: "the lab's administrator is expected, by Basic authentication" })
      })
      devices(scope, server)
      commands(scope, server)
      enrolments(scope, server)
    },
    { prefix: '/api' },
  )
}
