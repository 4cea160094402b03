import type { Observation } from './observation.ts'

/** A flood must not eat the memory of the lab: beyond this the oldest observations go, and `forgotten` counts them. */
const KEPT = 100_000

/** What the hosts of one process saw, in the order in which they saw it. */
export class Journal {
  #kept: Observation[] = []
  #forgotten = 0
  #listeners = new Set<(observation: Observation) => void>()

  get forgotten(): number {
    return this.#forgotten
  }

  write(observation: Observation): void {
    this.#kept.push(observation)
    if (this.#kept.length > KEPT * 1.1) {
      const surplus = this.#kept.length - KEPT
      this.#kept.splice(0, surplus)
      this.#forgotten += surplus
    }
    for (const listener of this.#listeners) listener(observation)
  }

  /** @param since ms since the epoch */
  entries(since = 0): Observation[] {
    return this.#kept.filter(entry => entry.t >= since)
  }

  subscribe(listener: (observation: Observation) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
