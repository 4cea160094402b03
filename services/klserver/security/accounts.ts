import { randomBytes } from 'node:crypto'
import { Account, type Login, type LoginOutcome } from './account.ts'
import type { SecondStep } from './second-step.ts'

interface AccountsOptions {
  administrator: Login
  /** Whose login has two steps, beside the administrator, whose has one. */
  twoStepUser?: Login | null
  /** Wrong passwords in a row after which an account is blocked for an hour; 0: any number. */
  attempts: number
  /** ms */
  now?: () => number
}

/** The internal accounts of the Administration Server. */
export class Accounts {
  readonly #accounts: readonly Account[]
  /** Takes the guesses for names that nobody has, as long as others take, and in a row of its own. */
  #nobody: Account | null = null
  readonly #now: () => number

  constructor({ administrator, twoStepUser = null, attempts, now = Date.now }: AccountsOptions) {
    this.#now = now
    this.#accounts = [
      new Account(administrator, false, attempts, now),
      ...(twoStepUser ? [new Account(twoStepUser, true, attempts, now)] : []),
    ]
  }

  /** Their names; the administrator's first. */
  get users(): string[] {
    return this.#accounts.map(({ user }) => user)
  }

  check({ user, password }: Login): Promise<LoginOutcome> {
    return (this.#find(user) ?? this.#orNobody()).check(password)
  }

  /** Of an account whose login has one. */
  secondStep(user: string): SecondStep | null {
    return this.#find(user)?.secondStep ?? null
  }

  #orNobody(): Account {
    this.#nobody ??= new Account({ user: '', password: randomBytes(32).toString('hex') }, false, 0, this.#now)
    return this.#nobody
  }

  #find(user: string): Account | undefined {
    // Asks all of them, always.
    return this.#accounts.filter(account => account.is(user))[0]
  }
}
