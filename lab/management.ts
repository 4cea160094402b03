/**
 * The management API: how `verify` reaches hosts of another process. On 127.0.0.1 for `up`, on the management network in
 * containers; no firewall of the lab touches it. Every call carries the state folder's token.
 *
 *   GET  /health                     200 while the hosts run; {"ready": true} once agents have had their first contact;
 *                                    `gateways`: a Server's signal connections, where it keeps any
 *   POST /hosts/NAME/exercise        ExerciseRequest; 204 when it is over, well or badly
 *   GET  /hosts/NAME/journal?since=  Observation[]
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, fetch, type RequestInit, type Response } from 'undici'
import * as v from 'valibot'
import { createApp } from '../shared/http/app.ts'
import type { Endpoint, Observation } from '../shared/journal/observation.ts'
import { NetError } from '../shared/net/errors.ts'
import { Integer } from '../shared/wire/messages/fields.ts'
import { LONGEST_HOLD } from '../shared/wire/messages/hold.ts'
import type { ExerciseRequest, Stage } from './stage.ts'

const Place = v.object({ address: v.string(), port: Integer })
const Request = v.object({
  flow: v.string(),
  nonce: v.pipe(v.string(), v.minLength(8), v.maxLength(64)),
  to: v.object({ host: v.string(), port: Integer }),
  servername: v.string(),
  timeout: v.pipe(v.number(), v.minValue(1), v.maxValue(600_000)),
  idle: v.optional(v.pipe(Integer, v.minValue(1), v.maxValue(LONGEST_HOLD))),
  detour: v.optional(Place),
})

const Since = v.object({ since: v.optional(v.pipe(v.string(), v.transform(Number), v.number())) })

/** Any process that may read the state folder may manage the lab. */
export function managementToken(stateFolder: string): string {
  const file = join(stateFolder, 'management-token')
  if (!existsSync(file)) {
    // Written beside and renamed: containers that start at the same time all read one whole token.
    const fresh = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`
    writeFileSync(fresh, randomBytes(24).toString('base64url'), { mode: 0o600 })
    renameSync(fresh, file)
  }
  return readFileSync(file, 'utf8')
}

export interface Management {
  /** Where it listens. */
  at: Endpoint
  close(): Promise<void>
}

export async function serveManagement(
  stage: Stage,
  at: Endpoint,
  token: () => string,
  ready: () => boolean = () => true,
): Promise<Management> {
  const app = guardedApp(token)
  app.get('/health', async () => {
    const gateways = stage.signals?.() ?? []
    return { status: 'ok', ready: ready(), ...(gateways.length > 0 ? { gateways } : {}) }
  })
  app.post<{ Params: { host: string }; Body: ExerciseRequest }>(
    '/hosts/:host/exercise',
    { schema: { body: Request } },
    async (request, reply) => {
      await stage.exercise(request.params.host, request.body)
      return reply.code(204).send()
    },
  )
  app.get<{ Params: { host: string }; Querystring: { since?: number } }>(
    '/hosts/:host/journal',
    { schema: { querystring: Since } },
    async request => stage.journal(request.params.host, request.query.since ?? 0),
  )
  await app.listen({ host: at.address, port: at.port })
  const bound = app.server.address()
  const port = typeof bound === 'object' && bound ? bound.port : at.port
  return { at: { address: at.address, port }, close: () => app.close() }
}

/** An application that answers `/health` to everybody, and all else to those who hold the token. */
export function guardedApp(token: () => string): ReturnType<typeof createApp> {
  const app = createApp({ bodyLimit: 64 * 1024, forceCloseConnections: true })
  app.addHook('onRequest', async (request, reply) => {
    if (request.url === '/health') return
    const given = Buffer.from(request.headers.authorization ?? '')
    const wanted = Buffer.from(`Bearer ${token()}`)
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
      await reply.code(401).send({ error: 'the token of the state folder is expected' })
  })
  return app
}

/** An exercise is answered when it is over, and a connection may be held for longer than the five minutes of undici's default. */
const patient = new Agent({ headersTimeout: 0 })

/** A stage whose hosts are reached by HTTP. */
export function remoteStage(base: (host: string) => string, token: string): Stage {
  const ask = asking(token)
  return {
    async exercise(host, request) {
      await ask(`${base(host)}/hosts/${host}/exercise`, { ...posting(request), dispatcher: patient })
    },
    journal: async (host, since) =>
      (await (await ask(`${base(host)}/hosts/${host}/journal?since=${since}`)).json()) as Observation[],
  }
}

type Asked = Omit<RequestInit, 'headers'> & { headers?: Readonly<Record<string, string>> }

/** Asks a management with the token. @throws Error that says what it answered, or that it does not */
export const asking =
  (token: string) =>
  async (url: string, init: Asked = {}): Promise<Response> => {
    const answer = await fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } }).catch(
      (error: Error) => {
        const { cause } = error as { cause?: { code?: string } }
        throw new Error(`its management address ${new URL(url).host} does not answer (${cause?.code ?? error.message})`)
      },
    )
    if (!answer.ok) throw new Error(`its management answered HTTP ${answer.status}: ${await answer.text()}`)
    return answer
  }

export const posting = (body: unknown): Asked => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/** Containers start in any order; a lab that is being started is waited for. */
const PATIENCE = 60_000
/** An agent whose way is cut never has its first contact; `verify` is there to say so. */
const PATIENCE_WITH_AGENTS = 10_000
const BETWEEN_LOOKS = 250

/** Resolves when every host answers its health check. @throws NetError that names the one that does not */
export async function untilHealthy(hosts: readonly string[], base: (host: string) => string): Promise<void> {
  const until = Date.now() + PATIENCE
  for (const host of hosts) {
    while ((await health(base(host))) === null) {
      if (Date.now() > until)
        throw Object.assign(new NetError('NOT_RUNNING', `${host} does not answer at ${base(host)}`), {
          hint: 'is this lab up? docker compose up, with the same COMPOSE_PROFILES as here',
        })
      await sleep(BETWEEN_LOOKS)
    }
  }
  const enough = Date.now() + PATIENCE_WITH_AGENTS
  for (const host of hosts) while (!(await health(base(host)))?.ready && Date.now() < enough) await sleep(BETWEEN_LOOKS)
}

async function health(url: string): Promise<{ ready: boolean } | null> {
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) })
    return answer.ok ? ((await answer.json()) as { ready: boolean }) : null
  } catch {
    return null
  }
}
