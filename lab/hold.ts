/** The second part of `verify --idle`: what was delivered and is kept open in life is held without a byte, all at the same time. */
import { ConfigError } from '../shared/config/error.ts'
import { LONGEST_HOLD } from '../shared/wire/messages/hold.ts'
import type { FlowInstance } from './plan.ts'
import { type Exercised, resultOf } from './result.ts'

interface Holding {
  /** ms; undefined: nothing is held. */
  idle: number | undefined
  hold: (instance: FlowInstance, idle: number) => Promise<Exercised>
  onIdle?: ((connections: number, ms: number) => void) | undefined
}

/** Puts the exercise that held a connection in the place of the one that opened it only. */
export async function holdLongLived(exercised: Map<string, Exercised>, { idle, hold, onIdle }: Holding): Promise<void> {
  if (idle === undefined) return
  // What does not come through at all has its verdict.
  const held = [...exercised.values()].filter(done => done.instance.longLived && resultOf(done).verdict === 'delivered')
  onIdle?.(held.length, idle)
  await Promise.all(held.map(async ({ instance }) => exercised.set(instance.id, await hold(instance, idle))))
}

/** @throws ConfigError where it is no span for which a connection can be held */
export function checkIdle(ms: number | undefined): void {
  if (ms !== undefined && !(Number.isInteger(ms) && ms >= 1 && ms <= LONGEST_HOLD))
    throw new ConfigError(`idle ${ms}: a whole number of ms from 1 to ${LONGEST_HOLD} (24 h) is expected`)
}
