import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { backOff } from '../net/back-off.ts'

/** ms, at most between two tries (assumed). */
const LONGEST_PAUSE = 60_000

/** One try: the push was taken or will never be, or it is worth another one. Does not reject. */
type Once = (key: string) => Promise<'over' | 'later'>

/** Asks for pushes until they are taken: once for each device, however often they were wanted meanwhile. */
export class Deliveries {
  readonly #once: Once
  readonly #parts: { log: Logger; random: () => number; signal: AbortSignal }
  /** By device: is another one wanted after the one under way? */
  readonly #busy = new Map<string, { again: boolean }>()

  constructor(once: Once, parts: { log: Logger; random: () => number; signal: AbortSignal }) {
    this.#once = once
    this.#parts = parts
  }

  ask(key: string): void {
    const busy = this.#busy.get(key)
    if (busy) {
      busy.again = true
      return
    }
    const work = { again: false }
    this.#busy.set(key, work)
    void this.#deliver(key, work).finally(() => this.#busy.delete(key))
  }

  async #deliver(key: string, work: { again: boolean }): Promise<void> {
    const { log, random, signal } = this.#parts
    for (let failures = 0; !signal.aborted; ) {
      work.again = false
      const outcome = await this.#once(key)
      if (outcome === 'later') {
        const pause = backOff(++failures, LONGEST_PAUSE, random)
        log.info({ device: key, pause: Math.round(pause) }, 'the push is asked for again')
        await sleep(pause, null, { signal }).catch(() => {})
      } else if (!work.again) return
    }
  }
}
