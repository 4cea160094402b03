/**
 * The firewall's own management, on the management network, with the token of the state folder like that of every host:
 *
 *   GET    /health      200 while rules for forwarded packets are loaded, else 503
 *   POST   /traces      {attempts: Attempt[]}; 201 {id} once packets are seen
 *   DELETE /traces/ID   Rulings[], in the order of the attempts
 *   POST   /cuts        {match}; takes that one rule out; 201 {id, rule}, 409 where it is not one rule, or one is out already
 *   DELETE /cuts/ID     204 when it is back
 *
 * What nobody asks for again is undone after a while: whoever took a rule out may have been killed.
 */
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import * as v from 'valibot'
import { Integer } from '../../shared/wire/messages/fields.ts'
import { guardedApp } from '../management.ts'
import { type Attempt, TRACED_AT_ONCE } from './attempt.ts'
import { Cut, NotOneRule } from './cut.ts'
import { nft } from './nft.ts'
import { Tracing } from './trace.ts'

/** ms; more than a run of `verify` takes whose rows all wait for their time-outs. */
const LEASES = { cut: 120_000, trace: 60_000 }

const Port = v.pipe(Integer, v.minValue(1), v.maxValue(65_535))
const Address = v.pipe(v.string(), v.ipv4())
const Traced = v.object({
  attempts: v.pipe(
    v.array(v.object({ source: Address, destination: Address, transport: v.picklist(['tcp', 'udp']), port: Port })),
    v.minLength(1),
    v.maxLength(TRACED_AT_ONCE),
  ),
})
const Matched = v.object({ match: v.pipe(v.string(), v.minLength(1), v.maxLength(1_000)) })

export interface FirewallManagement {
  close(): Promise<void>
}

type At = { address: string; port: number } | { socket: string }

/** One management at several places. */
export async function serveFirewall(
  places: readonly At[],
  token: () => string,
  leases = LEASES,
): Promise<FirewallManagement> {
  const traces = new Leased<Tracing>(tracing => tracing.stop(), leases.trace)
  const cuts = new Leased<Cut>(cut => cut.putBack(), leases.cut)
  const apps = await Promise.all(places.map(place => listen(place, token, traces, cuts)))
  return {
    async close() {
      await Promise.all(apps.map(app => app.close()))
      await Promise.all([traces.clear(), cuts.clear()])
    },
  }
}

async function listen(place: At, token: () => string, traces: Leased<Tracing>, cuts: Leased<Cut>) {
  const app = guardedApp(token)
  app.get('/health', async (_request, reply) => {
    if ((await nft(['list', 'ruleset'])).includes('hook forward')) return { status: 'ok', ready: true }
    return reply.code(503).send({ status: 'no rules', ready: false })
  })
  app.post<{ Body: { attempts: Attempt[] } }>('/traces', { schema: { body: Traced } }, async (request, reply) => {
    const tracing = new Tracing(request.body.attempts)
    await tracing.start()
    return reply.code(201).send({ id: traces.add(tracing) })
  })
  app.delete<{ Params: { id: string } }>('/traces/:id', async (request, reply) => {
    const tracing = traces.take(request.params.id)
    return tracing ? await tracing.finish() : reply.code(404).send({ error: 'no such trace, or it has ended' })
  })
  app.post<{ Body: { match: string } }>('/cuts', { schema: { body: Matched } }, async (request, reply) => {
    if (cuts.size > 0) return reply.code(409).send({ error: 'another rule is out just now' })
    try {
      const cut = await Cut.make(request.body.match)
      return await reply.code(201).send({ id: cuts.add(cut), rule: cut.rule })
    } catch (error) {
      if (error instanceof NotOneRule) return reply.code(409).send({ error: error.message })
      throw error
    }
  })
  app.delete<{ Params: { id: string } }>('/cuts/:id', async (request, reply) => {
    const cut = cuts.take(request.params.id)
    if (!cut) return reply.code(404).send({ error: 'no such rule is out; it may be back already' })
    await cut.putBack()
    return reply.code(204).send()
  })
  if ('socket' in place) {
    // Of a container that was killed.
    rmSync(place.socket, { force: true })
    // The health check is another user's; more than the health it cannot ask.
    await app.listen({ path: place.socket, writableAll: true })
  } else await app.listen({ host: place.address, port: place.port })
  return app
}

/** Holds what has to be undone when nobody comes back for it. */
class Leased<T> {
  readonly #held = new Map<string, { what: T; lease: NodeJS.Timeout }>()
  readonly #undo: (what: T) => Promise<void>
  readonly #ms: number

  constructor(undo: (what: T) => Promise<void>, ms: number) {
    this.#undo = undo
    this.#ms = ms
  }

  get size(): number {
    return this.#held.size
  }

  add(what: T): string {
    const id = randomUUID()
    const lease = setTimeout(() => {
      const left = this.take(id)
      if (left) this.#undo(left).catch(error => process.stderr.write(`firewall: ${(error as Error).message}\n`))
    }, this.#ms)
    this.#held.set(id, { what, lease })
    return id
  }

  take(id: string): T | null {
    const held = this.#held.get(id)
    if (!held) return null
    clearTimeout(held.lease)
    this.#held.delete(id)
    return held.what
  }

  async clear(): Promise<void> {
    const left = [...this.#held.keys()].map(id => this.take(id))
    await Promise.all(left.map(what => what && this.#undo(what)))
  }
}
