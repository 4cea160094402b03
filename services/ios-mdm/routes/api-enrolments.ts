import type { FastifyInstance } from 'fastify'
import type { MdmServer } from '../server.ts'

/** `POST /api/enrolments`: a code for one enrolment. */
export function enrolments(app: FastifyInstance, { codes, authorityName }: MdmServer): void {
  app.post('/enrolments', async (_request, reply) => {
    const issued = codes.issue()
    if (!issued) return reply.code(429).send({ error: 'too many codes are outstanding; each lives an hour' })
    return reply.code(201).send({ ...issued, url: `https://${authorityName}/enrol?code=${issued.code}` })
  })
}
