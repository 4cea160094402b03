/** ms; an hour (topic 175900). */
const BLOCKED_FOR = 3_600_000

/** Wrong answers in a row, and what comes of too many. */
export class Attempts {
  readonly #limit: number
  readonly #now: () => number
  #wrong = 0
  #blockedUntil = 0

  /** @param limit wrong ones after which everything is blocked for an hour; 0: any number @param now ms */
  constructor(limit: number, now: () => number) {
    this.#limit = limit
    this.#now = now
  }

  get blocked(): boolean {
    return this.#now() < this.#blockedUntil
  }

  right(): void {
    this.#wrong = 0
  }

  wrong(): void {
    this.#wrong += 1
    if (this.#wrong !== this.#limit) return
    this.#wrong = 0
    this.#blockedUntil = this.#now() + BLOCKED_FOR
  }
}
