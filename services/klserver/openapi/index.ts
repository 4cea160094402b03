/** The OpenAPI on 13299 (vendor reference; docs/openapi.md says what of it is here). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { createApp } from '../../../shared/http/app.ts'
import { sendFile } from '../../../shared/http/send-file.ts'
import { connectionOf } from '../../../shared/http/serve.ts'
import type { AddressSet } from '../../../shared/net/address-set.ts'
import type { Accounts } from '../security/accounts.ts'
import { auditTo } from '../security/audit.ts'
import type { Device, Store } from '../store/index.ts'
import { Accessors } from './accessors.ts'
import { Actions } from './actions.ts'
import { BODY_LIMIT, readBodiesAsJson } from './body.ts'
import { compressAnswers } from './compression.ts'
import { internal, noSuchMethod, PxgError, Refusal, tooLarge, Unfinished } from './errors.ts'
import { FILES, Files } from './files.ts'
import { type Caller, type Credentials, Gate } from './gate.ts'
import { HostTaskLists } from './host-task-lists.ts'
import type { Answer, Method, OpenApi } from './method.ts'
import { methods } from './methods/index.ts'
import { openApiDocument } from './openapi-document.ts'
import { calledName } from './path.ts'

export interface OpenApiOptions {
  store: Store
  accounts: Accounts
  /** From where calls are taken (topic 231374); null: from everywhere. */
  allowed?: AddressSet | null
  server: { name: string; version: string }
  log: Logger
  /** A device has something to fetch. */
  pushNeeded?: (device: Device) => void
  /** Calls a device; resolves when it has synchronised. */
  synchronise?: OpenApi['synchronise']
  sendPush?: OpenApi['sendPush']
  secondaries?: OpenApi['secondaries']
  updateAgents?: OpenApi['updateAgents']
  /** ms since 1970; for tests. */
  now?: () => number
  /** ms; for tests. */
  headersTimeout?: number
}

/** ms. A login lives as long as its connection, and the vendor's own samples pause between calls; 10 minutes are assumed. */
const IDLE_CONNECTION = 600_000
/** Bytes of all headers of a request (assumed); Node's own answer to more is 431. */
const HEADER_LIMIT = 16_384
/** ms for the headers of a request, and for all of it: Node's own. */
const HEADERS_TIMEOUT = 60_000
const REQUEST_TIMEOUT = 300_000
const REQUEST_ID = /^[0-9a-f]{16}_[0-9a-f]{16}$/i

/** The application, not listening: connections are fed to it by `app.server.emit('connection', socket)`. */
export function createOpenApi({
  store,
  accounts,
  allowed = null,
  server,
  log,
  pushNeeded = () => {},
  synchronise = async () => {},
  sendPush = async () => false,
  secondaries = () => [],
  updateAgents = () => null,
  now = Date.now,
  headersTimeout = HEADERS_TIMEOUT,
}: OpenApiOptions): FastifyInstance {
  const audit = auditTo(store, log, now)
  const api: OpenApi = {
    audit,
    ...{ store, server, log, now, pushNeeded, synchronise, sendPush, secondaries, updateAgents },
    users: accounts.users,
    gate: new Gate({ accounts, allowed, audit, now }),
    accessors: new Accessors(now),
    actions: new Actions(now),
    files: new Files(now),
    hostTasks: new HostTaskLists(now),
  }
  const app = createApp({
    http: { maxHeaderSize: HEADER_LIMIT, headersTimeout, connectionsCheckingInterval: headersTimeout / 2 },
    requestTimeout: REQUEST_TIMEOUT,
    bodyLimit: BODY_LIMIT,
    keepAliveTimeout: IDLE_CONNECTION,
    connectionTimeout: IDLE_CONNECTION,
  })
  // Node looks after slow requests from `listening` on, which a server that is fed its connections never says.
  app.server.emit('listening')
  app.addHook('onClose', async () => void app.server.close())
  readBodiesAsJson(app)
  compressAnswers(app)

  app.addHook('onRequest', async (request, reply) => {
    const id = header(request, 'x-ksc-requestid')
    if (id !== undefined && REQUEST_ID.test(id)) void reply.header('X-KSC-RequestId', id)
  })
  app.post('/api/*', (request, reply) => {
    void reply.type('application/json; charset=utf-8')
    return answer(api, request, credentialsOf(app, request))
  })
  app.get<{ Params: { name: string } }>(`${FILES}:name`, async (request, reply) => {
    const { user } = await api.gate.identify(credentialsOf(app, request))
    const file = api.files.of(user, request.params.name)
    return file ? sendFile(request, reply, file) : reply.code(404).type('text/plain').send('Not found')
  })
  app.get('/api/v1.0/openapi.json', async request => {
    // Without a login, though not for everybody.
    await api.gate.checkAddress(credentialsOf(app, request).address)
    return openApiDocument([...methods.values()], server)
  })
  app.setNotFoundHandler((request, reply) => {
    if (!request.url.startsWith('/api/')) return reply.code(404).type('text/plain').send('Not found')
    return reply.code(405).header('allow', 'POST').type('text/plain').send('Calls are made with POST')
  })
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply, log))
  return app
}

async function answer(api: OpenApi, request: FastifyRequest, credentials: Credentials): Promise<Answer> {
  const { gate } = api
  const name = calledName(request.url)
  if (name === 'login') {
    await gate.logIn(credentials)
    return {}
  }
  const method = methods.get(name ?? '')
  const caller = method?.startsSession
    ? await gate.authenticate(credentials)
    : await gate.identify(credentials, method?.beforeSecondStep)
  const called = (name ?? request.url).slice(0, 128)
  if (!method)
    throw noSuchMethod(
      `there is no ${called} here; case matters, and there are ${alike(name ?? '')}; GET /api/v1.0/openapi.json lists all`,
    )
  inPlace(method, caller)
  const args = (request.body ?? {}) as Record<string, unknown>
  const answer = await method.run({ ...api, caller, connection: credentials.connection }, args)
  if (method.audit) {
    const { user } = caller
    await api.audit.changed(method.audit, { user, address: credentials.address, method: method.name, args })
  }
  return answer
}

/** Of the same class; where nobody knows that, the classes. */
function alike(name: string): string {
  const ofClass = (method: string) => method.slice(0, method.lastIndexOf('.'))
  const known = [...methods.keys()]
  const same = known.filter(method => ofClass(method) === ofClass(name))
  return same.length > 0 ? same.join(', ') : `login and the classes ${[...new Set(known.map(ofClass))].join(', ')}`
}

/** @throws PxgError where the connection or session leads elsewhere */
function inPlace({ name, place }: Method, { agent }: Caller): void {
  if (place === 'anywhere' || (place === 'agent') === (agent !== undefined)) return
  throw noSuchMethod(
    place === 'agent'
      ? `${name} is an interface of Network Agents: log in with KSCGW and a key of GatewayConnection.PrepareGatewayConnection first`
      : `${name} is an interface of the Administration Server, and this login leads to the Network Agent of ${agent}`,
  )
}

const credentialsOf = (app: FastifyInstance, request: FastifyRequest): Credentials => ({
  authorization: request.headers.authorization,
  session: header(request, 'x-ksc-session'),
  virtualServer: header(request, 'x-ksc-vserver'),
  connection: request.raw.socket,
  address: connectionOf(app, request)?.peer.address ?? request.raw.socket.remoteAddress ?? '',
})

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply {
  if (error instanceof Refusal) {
    log.info({ url: request.url, status: error.status, reason: error.reason }, 'an OpenAPI call was not let in')
    if (error instanceof Unfinished) void reply.headers(error.headers)
    if (error.reason !== undefined) void reply.header('X-KSC-ErrorMsg', error.reason)
    return reply.code(error.status).type('text/plain').send(error.message)
  }
  const problem = asPxgError(error)
  if (problem.status === 404)
    log.warn({ method: calledName(request.url) }, 'an OpenAPI method that is not here was called')
  if (problem.status >= 500) log.error({ err: error, url: request.url }, 'an OpenAPI call failed')
  return reply.code(problem.status).type('application/json; charset=utf-8').send(problem.toJSON())
}

function asPxgError(error: unknown): PxgError {
  if (error instanceof PxgError) return error
  const { statusCode, message } = error as Error & { statusCode?: number }
  if (statusCode === 413) return tooLarge(`the body is larger than ${BODY_LIMIT} bytes`)
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new PxgError(message, { code: 3, module: 'KSC-LAB', status: statusCode })
  return internal('the Administration Server failed; its log says why')
}
