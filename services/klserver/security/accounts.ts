import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { hashPassword, isPassword, type PasswordHash } from './password-hash.ts'

export interface Login {
  user: string
  password: string
}

/** `blocked`: too many wrong passwords before it; whether this one is right is then not looked at. */
export type LoginOutcome = 'accepted' | 'wrong' | 'blocked'

/** ms; an hour (topic 175900). */
const BLOCKED_FOR = 3_600_000

/** The internal accounts of the Administration Server, of which the lab has one. Of its password only the hash is kept. */
export class Accounts {
  readonly #user: string
  readonly #hash: Promise<PasswordHash>
  readonly #attempts: number
  readonly #now: () => number
  /** Of this process: names are compared in constant time, and a password that was proved need not be proved again. */
  readonly #key = randomBytes(32)
  #proved: Buffer | null = null
  #wrong = 0
  #blockedUntil = 0
  #turn: Promise<unknown> = Promise.resolve()

  /** @param attempts wrong passwords in a row after which the account is blocked; 0: any number @param now ms */
  constructor({ user, password }: Login, attempts: number, now: () => number = Date.now) {
    this.#user = user
    this.#hash = hashPassword(password)
    this.#attempts = attempts
    this.#now = now
  }

  async check({ user, password }: Login): Promise<LoginOutcome> {
    const known = timingSafeEqual(this.#digest(user), this.#digest(this.#user))
    if (known && !this.#isBlocked() && this.#wasProved(password)) return this.#accept()
    // One at a time: guesses cannot outrun the count, nor take every thread of the process.
    const outcome = this.#turn.then(() => this.#prove(known, password))
    this.#turn = outcome
    return outcome
  }

  async #prove(known: boolean, password: string): Promise<LoginOutcome> {
    if (known && this.#isBlocked()) return 'blocked'
    // For names that nobody has, too: how long it takes tells nothing.
    const right = await isPassword(password, await this.#hash)
    if (!known) return 'wrong'
    if (right) {
      this.#proved = this.#digest(password)
      return this.#accept()
    }
    this.#wrong += 1
    if (this.#wrong === this.#attempts) {
      this.#wrong = 0
      this.#blockedUntil = this.#now() + BLOCKED_FOR
    }
    return 'wrong'
  }

  #accept(): 'accepted' {
    this.#wrong = 0
    return 'accepted'
  }

  #isBlocked(): boolean {
    return this.#now() < this.#blockedUntil
  }

  #wasProved(password: string): boolean {
    return this.#proved !== null && timingSafeEqual(this.#digest(password), this.#proved)
  }

  #digest(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest()
  }
}
