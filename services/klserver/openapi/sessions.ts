import { randomBytes } from 'node:crypto'
import { IdleMap } from './idle-map.ts'

/** ms without a call; the vendor documents no number (assumed). */
const IDLE = 30 * 60_000
/** Sessions at once (assumed); the longest unused ends when one more is started. */
const LIMIT = 10_000

/** Sessions of `Session.StartSession`: good on any connection. */
export class Sessions {
  readonly #users: IdleMap<string>

  constructor(now: () => number) {
    this.#users = new IdleMap(LIMIT, now)
  }

  /** @returns its id: `n` and base64 of 16 bytes, as in the vendor's examples. */
  start(user: string): string {
    const id = `n${randomBytes(16).toString('base64')}`
    this.#users.set(id, user, IDLE)
    return id
  }

  /** Counts as a use. */
  userOf(id: string): string | undefined {
    return this.#users.get(id)
  }

  end(id: string): void {
    this.#users.delete(id)
  }
}
