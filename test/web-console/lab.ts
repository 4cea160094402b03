/** The Web Console on real sockets, beside a fake OpenAPI with as much of 13299 as the console uses. */
import { randomUUID } from 'node:crypto'
import fastify, { type FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { generate } from 'selfsigned'
import { loadTopology } from '../../lab/topologies.ts'
import { startWebConsole } from '../../services/web-console/index.ts'
import { type HttpAnswer, type HttpRequest, httpClient } from '../../shared/http/client.ts'
import { serveHttp } from '../../shared/http/serve.ts'
import { Journal } from '../../shared/journal/journal.ts'
import { createAddressBook } from '../../shared/net/address-book.ts'
import type { Connection, Listener, ServerIdentity } from '../../shared/net/host.ts'
import { LocalSockets } from '../../shared/net/local.ts'
import { createHost } from '../../shared/net/node-host.ts'
import type { Credentials, ExerciseTask, ServiceContext } from '../../shared/service.ts'
import { issuedByAuthority } from '../../shared/tls/rules.ts'

export const SERVERNAME = 'web-console.lan.ksc-lab.test'
const ADMINISTRATOR = { user: 'KLAdmin', password: 'Pa"ß wörd' }
/** ms for every step; only a failing test waits so long. */
const TIMEOUT = 5_000

async function certificate(name: string, ca?: ServerIdentity): Promise<ServerIdentity> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: ca === undefined },
      { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
    ],
    ...(ca ? { ca } : {}),
  })
  return { cert, key }
}

const labCa = await certificate('ksc-lab CA, DO NOT TRUST')
export const identities: Record<string, ServerIdentity> = {
  common: await certificate('klserver'),
  'common-reserve': await certificate('klserver, reserve'),
  stranger: await certificate('somebody else'),
  'web-console': await certificate(SERVERNAME, labCa),
}

const identity = (use: string): ServerIdentity => {
  const found = identities[use]
  if (!found) throw new Error(`no certificate ${use}`)
  return found
}
export const credentials: Credentials = { identity, authority: () => labCa.cert, administrator: ADMINISTRATOR }

/** The OpenAPI as far as the console goes. `devices` is what FindHosts finds; `calls` is what was asked, `sessions` who is in. */
export class FakeServer {
  devices: object[] = []
  readonly calls: string[] = []
  readonly sessions = new Set<string>()
  readonly #loggedIn = new WeakSet<object>()
  readonly #accessors = new Map<string, object[]>()

  app(): FastifyInstance {
    const app = fastify()
    app.post<{ Params: { method: string }; Body: Record<string, unknown> }>(
      '/api/v1.0/:method',
      async (request, reply) => {
        const { method } = request.params
        this.calls.push(method)
        if (method === 'Session.StartSession' || method === 'login') {
          const given = /user="([^"]*)", pass="([^"]*)", internal="1"/.exec(request.headers.authorization ?? '')
          const [user, password] = [given?.[1], given?.[2]].map(part => Buffer.from(part ?? '', 'base64').toString())
          if (user !== ADMINISTRATOR.user || password !== ADMINISTRATOR.password)
            return reply.code(401).send('Authentication failure')
          if (method === 'login') {
            this.#loggedIn.add(request.raw.socket)
            return {}
          }
          const id = `n${randomUUID()}`
          this.sessions.add(id)
          return { PxgRetVal: id }
        }
        if (method === 'Session.Ping') return this.#loggedIn.has(request.raw.socket) ? {} : reply.code(401).send('')
        const session = String(request.headers['x-ksc-session'])
        if (!this.sessions.has(session)) return reply.code(403).send('no such session')
        if (method === 'Session.EndSession') this.sessions.delete(session)
        return this.#answer(method, request.body)
      },
    )
    return app
  }

  #answer(method: string, { strAccessor, nStart, nCount }: Record<string, unknown>): object {
    const found = this.#accessors.get(String(strAccessor)) ?? []
    if (method === 'HostGroup.FindHosts') {
      const accessor = randomUUID()
      this.#accessors.set(accessor, this.devices)
      return { PxgRetVal: this.devices.length, strAccessor: accessor }
    }
    if (method === 'ChunkAccessor.GetItemsCount') return { PxgRetVal: found.length }
    if (method === 'ChunkAccessor.GetItemsChunk') {
      const items = found.slice(Number(nStart), Number(nStart) + Number(nCount))
      return { pChunk: { KLCSP_ITERATOR_ARRAY: items.map(value => ({ type: 'params', value })) } }
    }
    if (method === 'HostGroup.GetStaticInfo') return { PxgRetVal: { KLADMSRV_SERVER_HOSTNAME: 'klserver' } }
    return {}
  }
}

export interface Options {
  /** Which certificate 13299 presents; null: nothing listens there. */
  present?: string | null
  /** Answers 13299 instead of the fake server. */
  instead?: (app: FastifyInstance) => void
}

export async function startTestLab({ present = 'common', instead }: Options = {}) {
  const names = ['klserver', 'web-console', 'admin-pc']
  const book = createAddressBook({ addresses: new Map(names.map(name => [name, '127.0.0.1'])), ports: 'ephemeral' })
  const journal = new Journal()
  const local = new LocalSockets()
  const host = (name: string) => createHost({ name, book, journal, local })

  const server = new FakeServer()
  const open: { app: FastifyInstance; listener: Listener }[] = []
  const listen = async (use: string) => {
    const app = instead ? fastify() : server.app()
    instead?.(app)
    open.push({ app, listener: await serveHttp(host('klserver'), 13299, { tls: identity(use) }, app) })
  }
  const stopServer = async () => {
    for (const { app, listener } of open.splice(0)) {
      await listener.close()
      await app.close()
    }
  }
  // Nobody listens on a port that was taken and given back.
  await listen(present ?? 'common')
  if (present === null) await stopServer()

  const context: ServiceContext = {
    host: host('web-console'),
    credentials,
    state: '',
    log: pino({ level: 'silent' }),
    topology: loadTopology('lan'),
    peers: role => (role === 'administration-server' ? ['klserver'] : []),
    settings: {} as ServiceContext['settings'],
    random: () => 0.5,
  }
  const service = await startWebConsole(context, { interval: 50 })
  const browser = host('admin-pc')
  const to = { host: 'web-console', port: 8080 }
  const tls = { servername: SERVERNAME, ca: [labCa.cert], rule: issuedByAuthority }

  const request = async (wanted: HttpRequest): Promise<HttpAnswer & { text: string }> => {
    const client = httpClient(browser, to, { tls, timeout: TIMEOUT })
    try {
      const answer = await client.request(wanted)
      return { ...answer, text: answer.body.toString() }
    } finally {
      await client.close()
    }
  }
  return {
    server,
    stopServer,
    startServer: listen,
    journal,
    service,
    host,
    request,
    post: (path: string, form: Record<string, string>, cookie?: string) =>
      request({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...(cookie ? { cookie } : {}) },
        body: new URLSearchParams(form).toString(),
      }),
    dial: (): Promise<Connection> => browser.dial(to, { tls, timeout: TIMEOUT }),
    async [Symbol.asyncDispose]() {
      await service.stop()
      await stopServer()
      local.remove()
    },
  }
}
export type TestLab = Awaited<ReturnType<typeof startTestLab>>

/** Logs in as the administrator; the value of the Cookie header. */
export async function cookieOf(lab: TestLab): Promise<string> {
  const answer = await lab.post('/login', ADMINISTRATOR)
  if (answer.status !== 303) throw new Error(`HTTP ${answer.status} to a good login: ${answer.text}`)
  return String(answer.headers['set-cookie']).split(';', 1)[0] ?? ''
}

export const task = (flow: string, host: string, port: number, more: Partial<ExerciseTask> = {}): ExerciseTask => ({
  flow,
  nonce: randomUUID(),
  to: { host, port },
  servername: host === 'web-console' ? SERVERNAME : 'klserver.lan.ksc-lab.test',
  timeout: TIMEOUT,
  signal: new AbortController().signal,
  ...more,
})

/** A device as FindHosts gives it. */
export const device = (name: string, more: object = {}): object => ({
  KLHST_WKS_HOSTNAME: randomUUID(),
  KLHST_WKS_DN: name,
  KLHST_WKS_STATUS: 29,
  KLHST_WKS_STATUS_ID: 0,
  KLHST_WKS_IP_LONG: { type: 'long', value: 0xc0_00_02_65 },
  KLHST_WKS_NAG_VERSION: '14.2.0.26967',
  KLHST_WKS_OS_NAME: 'Debian GNU/Linux 12',
  KLHST_WKS_LAST_NAGENT_CONNECTED: { type: 'datetime', value: '2030-01-31T08:05:00Z' },
  ...more,
})
