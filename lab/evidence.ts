/** Picks one exercise's observations out of the journals of both ends. */
import type { Endpoint, Observation } from '../shared/journal/observation.ts'
import type { Evidence } from '../shared/verdict/facts.ts'
import type { FlowInstance } from './plan.ts'

/** Observations of several processes of one machine are compared; their clocks start from the same wall clock. */
export const CLOCK_TOLERANCE = 10

interface Journals {
  /** Everything that any host saw since the exercise began. */
  all: readonly Observation[]
  nonce: string
  since: number
}

export function pickEvidence(
  { initiator, responder, port, transport, via, oneWay, expected }: FlowInstance,
  { all, nonce, since }: Journals,
): Evidence {
  const mine = all.filter(entry => entry.end === 'initiator' && entry.host === initiator && entry.nonce === nonce)
  const arrived = byConnection(all.filter(entry => entry.end === 'responder' && entry.t >= since - CLOCK_TOLERANCE))
  const isTarget = ([first]: Observation[]) =>
    first !== undefined && first.host === responder && first.port === port && first.transport === transport
  const here = arrived.filter(isTarget)
  const carrying = (connection: Observation[]) => connection.some(entry => entry.nonce === nonce)
  const dialled = mine.filter(entry => entry.what === 'connected').map(entry => entry.detail.local)
  const fromMe = (connection: Observation[]) =>
    connection.some(
      entry => entry.what === 'accepted' && dialled.some(local => sameEndpoint(local, entry.detail.remote)),
    )
  const unclaimed = (connection: Observation[]) => connection.every(entry => entry.nonce === undefined)

  const isCarrier = ([first]: Observation[]) => first !== undefined && via.includes(first.host)
  const refusing = (connection: Observation[]) => connection.some(({ what }) => what === 'carry-refused')
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
    mustNotPass: expected === 'blocked',
  }
}

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

const sameEndpoint = (one: Endpoint, other: Endpoint) => one.address === other.address && one.port === other.port
