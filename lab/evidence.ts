/** Picks one exercise's observations out of the journals of both ends. */
import type { Endpoint, Observation } from '../shared/journal/observation.ts'
import type { Evidence, Onward } from '../shared/verdict/facts.ts'
import type { FlowInstance } from './plan.ts'

/** Observations of several processes of one machine are compared; their clocks start from the same wall clock. */
export const CLOCK_TOLERANCE = 10

interface Journals {
  /** Everything that any host saw since the exercise began. */
  all: readonly Observation[]
  nonce: string
  since: number
  /** What stands between two hosts. */
  between?: (from: string, to: string) => string
}

export function pickEvidence(
  {
    initiator,
    responder,
    port,
    fallback,
    transport,
    via,
    oneWay,
    unheard,
    expected,
  }: Pick<
    FlowInstance,
    'initiator' | 'responder' | 'port' | 'fallback' | 'transport' | 'via' | 'oneWay' | 'unheard' | 'expected'
  >,
  { all, nonce, since, between = () => 'whatever stands between them' }: Journals,
): Evidence {
  const mine = all.filter(entry => entry.end === 'initiator' && entry.host === initiator && entry.nonce === nonce)
  const arrived = byConnection(all.filter(entry => entry.end === 'responder' && entry.t >= since - CLOCK_TOLERANCE))
  const ports = [port, ...fallback]
  const isTarget = ([first]: Observation[]) =>
    first !== undefined && first.host === responder && ports.includes(first.port) && first.transport === transport
  const here = arrived.filter(isTarget)
  const carrying = (connection: Observation[]) => connection.some(entry => entry.nonce === nonce)
  const dialled = mine.filter(entry => entry.what === 'connected').map(entry => entry.detail.local)
  const fromMe = (connection: Observation[]) =>
    connection.some(
      entry =>
        (entry.what === 'accepted' && dialled.some(local => sameEndpoint(local, entry.detail.remote))) ||
        (entry.what === 'proxy-header' && dialled.some(local => isSource(local, entry.detail))),
    )
  const unclaimed = (connection: Observation[]) => connection.every(entry => entry.nonce === undefined)

  const isCarrier = ([first]: Observation[]) => first !== undefined && via.includes(first.host)
  const refusing = (connection: Observation[]) =>
    connection.some(({ what }) => what === 'carry-refused' || what === 'proxy-header-refused')
  const carriers = preferred(arrived.filter(isCarrier), fromMe, refusing)
  // What a gateway refused came no further: what nobody claims at the responder is somebody else's.
  const refused = carriers.some(refusing)
  const mineHere = (connection: Observation[]) => carrying(connection) || (unclaimed(connection) && fromMe(connection))
  const matched = preferred(here, mineHere, connection => !refused && unclaimed(connection))
  const away = arrived.filter(
    connection => !isTarget(connection) && !isCarrier(connection) && (carrying(connection) || unclaimed(connection)),
  )
  return {
    initiator: mine,
    responder: matched.flat(),
    carriers: carriers.flat(),
    elsewhere: away.flat(),
    oneWay,
    unheard,
    fallback,
    mustNotPass: expected === 'blocked',
    onward: onwardFrom(matched.flat(), { all, nonce, since, between }),
  }
}

/** A request that a listener was passing on when its journal ends, or could not pass on: what the next leg has of it. */
function onwardFrom(here: readonly Observation[], { all, nonce, since, between }: Required<Journals>): Onward | null {
  const forwarding = here.findLast(({ what }) => what === 'forwarding')
  const outcome = here.findLast(({ what }) => what === 'forwarded' || what === 'forward-failed')
  if (forwarding?.what !== 'forwarding' || outcome?.what === 'forwarded') return null
  const [, to = '', number] = /^(.*):(\d+)$/.exec(forwarding.detail.to) ?? []
  const from = forwarding.host
  const port = Number(number)
  const leg = {
    initiator: from,
    responder: to,
    port,
    transport: 'tcp',
    via: [],
    fallback: [],
    oneWay: false,
    unheard: false,
  } as const
  const evidence = pickEvidence({ ...leg, expected: 'delivered' }, { all, nonce, since, between })
  return {
    ...{ from, to, port, between: between(from, to) },
    failure: outcome?.what === 'forward-failed' ? { code: outcome.detail.code, message: outcome.detail.reason } : null,
    evidence: without(evidence, from),
  }
}

/** The way by which a request came to its forwarder is no part of the legs that follow. */
const without = ({ elsewhere, onward = null, ...evidence }: Evidence, from: string): Evidence => ({
  ...evidence,
  elsewhere: elsewhere.filter(({ host }) => host !== from),
  onward: onward && { ...onward, evidence: without(onward.evidence, from) },
})

/** Addresses were translated, or a box dialled for itself: then time and port are what is left to go by. */
function preferred<T>(all: readonly T[], exact: (one: T) => boolean, likely: (one: T) => boolean): T[] {
  const found = all.filter(exact)
  return found.length > 0 ? found : all.filter(likely)
}

function byConnection(observations: readonly Observation[]): Observation[][] {
  const connections = new Map<string, Observation[]>()
  for (const entry of observations) {
    const known = connections.get(`${entry.host} ${entry.connection}`)
    if (known) known.push(entry)
    else connections.set(`${entry.host} ${entry.connection}`, [entry])
  }
  return [...connections.values()]
}

const isSource = (local: Endpoint, { source }: { source: Endpoint | null }) =>
  source !== null && sameEndpoint(local, source)

const sameEndpoint = (one: Endpoint, other: Endpoint) => one.address === other.address && one.port === other.port
