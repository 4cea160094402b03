/** `GET /api/v1.0/openapi.json`: what can be called here, in OpenAPI 3.1. The vendor's Server has no such thing. */
import { toJsonSchema } from '@valibot/to-json-schema'
import { Integer } from '../../../shared/wire/messages/fields.ts'
import type { Arguments, Method } from './method.ts'

const ANY_MAP = { type: 'object', additionalProperties: true } as const
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const json = (schema: object) => ({ 'application/json': { schema } })

/** @param server whose OpenAPI this is */
export const openApiDocument = (methods: readonly Method[], { name, version }: { name: string; version: string }) => ({
  openapi: '3.1.0',
  info: {
    title: `OpenAPI of the Administration Server ${name} (ksc-lab)`,
    version,
    description: "A mock. x-fidelity says what is known of a method: documented, assumed or the lab's own.",
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/api/v1.0' }],
  security: [{ session: [] }, { KSCBasic: [] }],
  tags: [...new Set(methods.map(classOf))].map(tag => ({ name: tag })),
  paths: {
    '/login': { post: LOGIN },
    ...Object.fromEntries(methods.map(method => [`/${method.name}`, { post: operation(method) }])),
  },
  components: {
    securitySchemes: {
      session: { type: 'apiKey', in: 'header', name: 'X-KSC-Session' },
      KSCBasic: {
        type: 'http',
        scheme: 'KSCBasic',
        description: 'KSCBasic user="<base64>", pass="<base64>", internal="1"',
      },
    },
    schemas: { PxgError },
  },
})

const classOf = ({ name }: Method) => name.slice(0, name.lastIndexOf('.'))

const PxgError = {
  type: 'object',
  description: 'Instead of an answer, with HTTP 200 too',
  required: ['PxgError'],
  properties: {
    PxgError: {
      type: 'object',
      required: ['code', 'module', 'message'],
      properties: {
        code: { type: 'integer' },
        subcode: { type: 'integer' },
        module: { type: 'string' },
        file: { type: 'string' },
        line: { type: 'integer' },
        message: { type: 'string' },
      },
    },
  },
} as const

const REFUSED = {
  401: { description: 'No or wrong credentials', content: { 'text/plain': { schema: { type: 'string' } } } },
  403: { description: 'The session has ended', content: { 'text/plain': { schema: { type: 'string' } } } },
} as const

const LOGIN = {
  operationId: 'login',
  summary: 'Logs this connection in until it closes',
  security: [{ KSCBasic: [] }],
  'x-fidelity': 'documented',
  responses: { 200: { description: '`{}`', content: json(ANY_MAP) }, ...REFUSED },
} as const

function operation(method: Method) {
  const { name, about, answer, assumed, fidelity, args, startsSession } = method
  return {
    operationId: name,
    summary: about,
    ...(assumed === undefined ? {} : { description: `Assumed: ${assumed}.` }),
    tags: [classOf(method)],
    ...(startsSession ? { security: [{ KSCBasic: [] }] } : {}),
    'x-fidelity': fidelity,
    requestBody: {
      required: Object.values(args.entries).some(entry => entry.type !== 'optional'),
      content: json(schemaOf(args)),
    },
    responses: { 200: { description: answer, content: json({ anyOf: [ANY_MAP, ref('PxgError')] }) }, ...REFUSED },
  }
}

/** As arguments stand bare; wrapped ones are taken too. */
function schemaOf(args: Arguments) {
  const { $schema: _, ...schema } = toJsonSchema(args, {
    target: 'draft-2020-12',
    errorMode: 'ignore',
    overrideSchema({ valibotSchema }) {
      if (valibotSchema === Integer) return { type: 'integer' }
      // The other ones that are checked by hand are maps.
      return valibotSchema.type === 'custom' ? ANY_MAP : undefined
    },
  })
  return schema
}
