import { randomBytes } from 'node:crypto'
import { IdleMap } from './idle-map.ts'

/** ms without a call; the vendor documents no number (assumed). */
const IDLE = 30 * 60_000
/** Sessions at once (assumed); the longest unused ends when one more is started. */
const LIMIT = 10_000

/** Who logged in, and where the login leads. */
export interface LoggedIn {
  user: string
  /** Host id of the device whose Network Agent answers: a gateway connection. Absent: the Administration Server. */
  agent?: string
  /** The second step is still wanted. */
  unfinished?: true
}

/** Sessions of `Session.StartSession`: good on any connection. */
export class Sessions {
  readonly #sessions: IdleMap<LoggedIn>

  constructor(now: () => number) {
    this.#sessions = new IdleMap(LIMIT, now)
  }

  /** @returns its id: `n` and base64 of 16 bytes, as in the vendor's examples. */
  start({ user, agent, unfinished }: LoggedIn): string {
    const id = `n${randomBytes(16).toString('base64')}`
    const loggedIn = { user, ...(agent === undefined ? {} : { agent }), ...(unfinished ? { unfinished } : {}) }
    this.#sessions.set(id, loggedIn, IDLE)
    return id
  }

  /** Counts as a use. */
  find(id: string): LoggedIn | undefined {
    return this.#sessions.get(id)
  }

  /** Its second step was made. */
  finish(id: string): void {
    const { unfinished: _, ...loggedIn } = this.#sessions.get(id) ?? {}
    if ('user' in loggedIn) this.#sessions.set(id, loggedIn, IDLE)
  }

  end(id: string): void {
    this.#sessions.delete(id)
  }
}
