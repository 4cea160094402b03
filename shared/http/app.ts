import type { Server } from 'node:http'
import fastify, { type FastifyHttpOptions, type FastifyInstance } from 'fastify'
import { type GenericSchema, safeParse } from 'valibot'
import { explain } from '../wire/explain.ts'

/** fastify's own compilers are a tenth of a lab's start; where others are named it does not load them. */
const notLoaded = {
  compilersFactory: {
    buildValidator: () => {
      throw new Error('routes give valibot schemas, which need no compiler')
    },
    buildSerializer: () => () => JSON.stringify,
  },
} as never

/** A fastify application whose routes give valibot schemas for what they accept. */
export function createApp(options: FastifyHttpOptions<Server> = {}): FastifyInstance {
  const app: FastifyInstance = fastify({ ...options, schemaController: notLoaded })
  app.setValidatorCompiler<GenericSchema>(({ schema, httpPart = 'request' }) => value => {
    const { issues, output } = safeParse(schema, value, { abortEarly: true })
    return issues ? { error: new Error(explain(httpPart, issues)) } : { value: output }
  })
  return app
}
