import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { Attempts } from './attempts.ts'
import { hashPassword, isPassword, type PasswordHash } from './password-hash.ts'
import { SecondStep } from './second-step.ts'

export interface Login {
  user: string
  password: string
}

/**
 * `second-step`: the password is right, and a code is wanted. `blocked`: too many wrong passwords before it; whether this one is
 * right is then not looked at.
 */
export type LoginOutcome = 'accepted' | 'second-step' | 'wrong' | 'blocked'

/** An internal account of the Administration Server. Of its password only the hash is kept. */
export class Account {
  readonly secondStep: SecondStep | null
  readonly user: string
  readonly #hash: Promise<PasswordHash>
  readonly #attempts: Attempts
  /** Of this process: names are compared in constant time, and a password that was proved need not be proved again. */
  readonly #key = randomBytes(32)
  #proved: Buffer | null = null
  #turn: Promise<unknown> = Promise.resolve()

  constructor({ user, password }: Login, twoSteps: boolean, limit: number, now: () => number) {
    this.user = user
    this.#hash = hashPassword(password)
    this.#attempts = new Attempts(limit, now)
    this.secondStep = twoSteps ? new SecondStep(limit, now) : null
  }

  is(user: string): boolean {
    return timingSafeEqual(this.#digest(user), this.#digest(this.user))
  }

  async check(password: string): Promise<LoginOutcome> {
    if (!this.#attempts.blocked && this.#wasProved(password)) return this.#accept()
    // One at a time: guesses cannot outrun the count, nor take every thread of the process.
    const outcome = this.#turn.then(() => this.#prove(password))
    this.#turn = outcome.catch(() => {})
    return outcome
  }

  async #prove(password: string): Promise<LoginOutcome> {
    if (this.#attempts.blocked) return 'blocked'
    if (!(await isPassword(password, await this.#hash))) {
      this.#attempts.wrong()
      return 'wrong'
    }
    this.#proved = this.#digest(password)
    return this.#accept()
  }

  #accept(): LoginOutcome {
    this.#attempts.right()
    return this.secondStep ? 'second-step' : 'accepted'
  }

  #wasProved(password: string): boolean {
    return this.#proved !== null && timingSafeEqual(this.#digest(password), this.#proved)
  }

  #digest(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest()
  }
}
