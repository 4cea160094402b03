/** The question after a row that passed a firewall, or was stopped by it, against expectation: which of its rules was that? */
import { randomUUID } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { addressOf, hostNamed, type Topology } from '../shared/config/topology.ts'
import { now } from '../shared/journal/clock.ts'
import type { Ruling, Rulings } from '../shared/verdict/ruling.ts'
import { type Attempt, TRACED_AT_ONCE } from './firewall/attempt.ts'
import type { Firewall } from './firewall/remote.ts'
import { PROBES } from './probe.ts'
import type { Result } from './report.ts'
import { type Asked, type Exercised, resultOf } from './result.ts'
import type { Stage } from './stage.ts'

interface Asking {
  topology: Topology
  stage: Stage
  firewall?: Firewall | null
  asks?: (result: Result) => boolean
}

/** ms for an attempt that is only to be seen at the firewall. */
const TIMEOUT = 500
const STOPPED_OR_PASSED = new Set(['exposed', 'filtered', 'refused', 'unreachable'])

const isUnexpected = ({ asExpected, verdict }: Result): boolean => !asExpected && STOPPED_OR_PASSED.has(verdict)

/** Has the firewall follow a second attempt of each such row; ids of the rows to what it said. */
export async function askFirewall(
  exercised: readonly Exercised[],
  { topology, stage, firewall, asks = isUnexpected }: Asking,
): Promise<Map<string, Asked>> {
  if (!firewall) return new Map()
  const questions = exercised
    .filter(done => asks(resultOf(done)))
    .flatMap(done => {
      const attempt = attemptOf(done, topology)
      return attempt ? [{ done, attempt }] : []
    })
    .slice(0, TRACED_AT_ONCE)
  if (questions.length === 0) return new Map()
  const again = ({ instance, detour }: Exercised) =>
    stage.exercise(instance.initiator, {
      flow: PROBES[instance.transport],
      nonce: randomUUID(),
      to: instance.dials,
      servername: instance.servername,
      timeout: TIMEOUT,
      ...detour,
    })
  const ids = questions.map(({ done }) => done.instance.id)
  try {
    const rulings = await firewall.trace(
      questions.map(({ attempt }) => attempt),
      () => Promise.all(questions.map(({ done }) => again(done))),
    )
    return new Map(
      questions.map(({ done }, index) => [done.instance.id, { t: now(), ...chosen(resultOf(done), rulings[index]) }]),
    )
  } catch (error) {
    const failure = `The firewall could not be asked which rule it was: ${(error as Error).message}`
    return new Map(ids.map(id => [id, { t: now(), failure }]))
  }
}

/** What let a row pass is about the attempt; what stopped it may have been about the answer. */
const chosen = ({ verdict }: Result, rulings?: Rulings): { ruling?: Ruling } => {
  const ruling = verdict === 'exposed' ? rulings?.there : (rulings?.back ?? rulings?.there)
  return ruling ? { ruling } : {}
}

/** Null where it stayed in its zone, and so passed no firewall of the lab. */
function attemptOf({ instance, place, detour }: Exercised, topology: Topology): Attempt | null {
  const { initiator, dials, transport } = instance
  const [from, to] = [hostNamed(topology, initiator), hostNamed(topology, dials.host)]
  if (!from || !place || !isIPv4(place.address) || transport === 'local') return null
  if (from.zone === to?.zone && !detour.detour) return null
  return {
    source: addressOf('compose', from),
    destination: place.address,
    transport,
    port: place.port,
  }
}
