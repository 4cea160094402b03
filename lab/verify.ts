/** Exercises the planned arrows and draws a verdict for each from the journals of both ends. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ownHosts, type Topology } from '../shared/config/topology.ts'
import { now } from '../shared/journal/clock.ts'
import type { Endpoint, Observation } from '../shared/journal/observation.ts'
import { askFirewall } from './ask-firewall.ts'
import { between, standingBetween } from './between.ts'
import { CLOCK_TOLERANCE, pickEvidence } from './evidence.ts'
import type { Firewall } from './firewall/remote.ts'
import { checkIdle, holdLongLived } from './hold.ts'
import type { FlowInstance } from './plan.ts'
import { PROBES } from './probe.ts'
import { type Report, type Result, summarize } from './report.ts'
import { type Exercised, resultOf, round } from './result.ts'
import type { Stage } from './stage.ts'

export interface VerifyOptions {
  topology: Topology
  instances: readonly FlowInstance[]
  stage: Stage
  kscVersion: string
  mode: Report['mode']
  seed: number
  /** ms for each step of an exercise; default 3 000, a tenth of an agent's patience. */
  timeout?: number
  /** ms for which the long-lived connections are held without a byte; default: they are not held. */
  idle?: number
  /** They are being held from now on. */
  onIdle?: (connections: number, ms: number) => void
  /** `host:port` or `host:port/udp` to the user's own box. */
  route?: Readonly<Record<string, { host: string; port: number }>>
  /** Hosts that the lab does not run: the user's own stand there. */
  external?: readonly string[]
  /** Between the zones; it is asked which rule decided. */
  firewall?: Firewall | null
  /** Of which rows it is asked; default: those that passed or were stopped there against expectation. */
  asks?: (result: Result) => boolean
  onResult?: (result: Result, done: number, total: number) => void
}

const TIMEOUT = 3_000
/** Different arrows run beside each other; instances of one arrow follow one another, so that what reaches a listener without a nonce can only be theirs. */
const BESIDE_EACH_OTHER = 4
/** Nothing is to come of a probe; most of them wait for their time-out. */
const PROBED_AT_ONCE = 24
/** ms; within one machine or one LAN an answer takes a tenth of it. */
const PROBE_TIMEOUT = 1_000
/** What the responder still has to write down once the initiator is through. */
const SETTLING = 50

export async function verify(options: VerifyOptions): Promise<Report> {
  const { instances, topology, kscVersion, mode, seed } = options
  checkIdle(options.idle)
  const startedAt = new Date()
  const begun = now()
  const exercised = new Map<string, Exercised>()
  const run = async (group: readonly FlowInstance[]) => {
    for (const instance of group) {
      const done = await exerciseOne(instance, options)
      exercised.set(instance.id, done)
      options.onResult?.(resultOf(done), exercised.size, instances.length)
    }
  }
  const [first, rest, last] = waves(instances.filter(({ expected }) => expected === 'delivered'))
  await inParallel(first, BESIDE_EACH_OTHER, run)
  await inParallel(rest, BESIDE_EACH_OTHER, run)
  const hold = (instance: FlowInstance, idle: number) => exerciseOne(instance, options, idle)
  await holdLongLived(exercised, { idle: options.idle, hold, onIdle: options.onIdle })
  await inParallel(last, BESIDE_EACH_OTHER, run)
  const probes = instances.filter(({ expected }) => expected === 'blocked')
  await inParallel(
    [...Map.groupBy(probes, ({ responder, port }) => `${responder}:${port}`).values()],
    PROBED_AT_ONCE,
    run,
  )
  const asked = await askFirewall([...exercised.values()], options)
  const results = [...exercised.values()].map(done => resultOf(done, asked.get(done.instance.id)))
  const ordered = inCatalogueOrder(topology, results)
  return {
    schema: 'ksc-lab/report@1',
    topology: topology.name,
    kscVersion,
    mode,
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(now() - begun),
    seed,
    summary: summarize(ordered),
    results: ordered,
  }
}

async function exerciseOne(
  instance: FlowInstance,
  { stage, topology, mode, route, external, timeout: given = TIMEOUT }: VerifyOptions,
  idle?: number,
): Promise<Exercised> {
  const { expected } = instance
  const timeout = expected === 'blocked' ? Math.min(given, PROBE_TIMEOUT) : given
  const { initiator, responder, port, flow, transport, servername, dials: to } = instance
  const nonce = randomUUID()
  const since = now()
  const box =
    port === null ? undefined : (route?.[`${to.host}:${to.port}/${transport}`] ?? route?.[`${to.host}:${to.port}`])
  const detour = box ? { detour: { address: box.host, port: box.port } } : {}
  let evidence: ReturnType<typeof pickEvidence>
  try {
    const exercise = expected === 'blocked' ? PROBES[transport] : flow.id
    const held = idle === undefined ? {} : { idle }
    await stage.exercise(initiator, { flow: exercise, nonce, to, servername, timeout, ...held, ...detour })
    evidence = await collect(instance, { stage, topology, nonce, since, timeout, mode, external })
  } catch (error) {
    const failed: Observation = {
      t: now(),
      host: initiator,
      end: 'initiator',
      connection: '-',
      port,
      transport,
      nonce,
      what: 'exercise-failed',
      detail: { code: 'LAB', message: `${initiator} cannot be asked: ${(error as Error).message}` },
    }
    evidence = { initiator: [failed], responder: [], carriers: [], elsewhere: [], oneWay: false, mustNotPass: false }
  }
  const place = placeIn(evidence.initiator)
  const tried =
    instance.fallback.length > 0 ? evidence.initiator.findLast(({ what }) => what === 'connecting')?.port : null
  const at = place ? `${place.address}:${place.port}` : `${to.host}:${to.port}`
  return {
    instance,
    evidence,
    names: {
      from: initiator,
      to: responder,
      port: tried ?? port,
      transport,
      at,
      ...standingBetween(instance, { topology, mode, external, box, carried: evidence.carriers.length > 0, at }),
    },
    place,
    detour,
    since,
    durationMs: round(now() - since),
  }
}

interface Collecting {
  stage: Stage
  topology: Topology
  nonce: string
  since: number
  timeout: number
  mode: Report['mode']
  external?: readonly string[] | undefined
}

/** Asks the journals until they tell the whole: at once where the answer was seen, after a moment where it was not. */
async function collect(
  instance: FlowInstance,
  { stage, topology, nonce, since, timeout, mode, external = [] }: Collecting,
) {
  const read = async () => {
    const asked = ownHosts(topology, external)
    const journals = await Promise.all(asked.map(({ name }) => stage.journal(name, since - CLOCK_TOLERANCE)))
    const legBetween = (from: string, to: string) => between(topology, from, to, mode)
    return pickEvidence(instance, { all: journals.flat(), nonce, since, between: legBetween })
  }
  let evidence = await read()
  const ended = (how: Observation['what']) => evidence.initiator.some(({ what }) => what === how)
  const arrived = () => evidence.responder.some(({ what }) => what === 'request-received')
  // What cuts an idle connection need not do so on both sides at once.
  const openAtResponder = () =>
    ended('holding') && ended('exercise-failed') && !evidence.responder.some(({ what }) => what === 'closed')
  if (instance.unheard && (ended('exercise-done') || ended('exercise-failed'))) return evidence
  if (ended('exercise-skipped') || (arrived() && ended('reply-received') && !openAtResponder())) return evidence
  const awaited = instance.oneWay && ended('exercise-done') ? () => !arrived() : openAtResponder
  const until = now() + (awaited() ? timeout : SETTLING)
  do {
    await sleep(SETTLING)
    evidence = await read()
  } while ((awaited() || !(instance.oneWay || ended('holding'))) && now() < until)
  return evidence
}

const placeIn = (observations: readonly Observation[]): Endpoint | null =>
  observations.findLast(entry => entry.what === 'connecting')?.detail ?? null

/** What comes before 3 is finished before 3 turns a device off. */
function waves(instances: readonly FlowInstance[]): [FlowInstance[][], FlowInstance[][], FlowInstance[][]] {
  const ofFlow = (wanted: (id: string) => boolean) => [
    ...Map.groupBy(
      instances.filter(({ flow }) => wanted(flow.id)),
      ({ flow }) => flow.id,
    ).values(),
  ]
  return [ofFlow(id => id === '4'), ofFlow(id => id !== '4' && id !== '3'), ofFlow(id => id === '3')]
}

async function inParallel<T>(items: readonly T[], width: number, run: (item: T) => Promise<void>): Promise<void> {
  const left = [...items]
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await run(item)
  }
  await Promise.all(Array.from({ length: width }, worker))
}

function inCatalogueOrder(topology: Topology, results: Result[]): Result[] {
  const position = new Map(topology.arrows.map((id, index) => [id, index]))
  const rank = ({ flow, expected }: Result) => (expected === 'blocked' ? 1_000 : 0) + (position.get(flow) ?? 999)
  return results.sort((one, other) => rank(one) - rank(other))
}
