import { randomBytes } from 'node:crypto'
import { notFound } from './errors.ts'
import { IdleMap } from './idle-map.ts'
import type { Fields } from './types.ts'

/** ms; assumed, as is how many. */
const LIFETIME = 600_000
const LIMIT = 10_000

/** What an action has come to. */
export type Outcome = { stateData?: Fields; strAccessor?: string } | { failed: string }

interface Action {
  user: string
  /** null: it goes on. */
  outcome: Outcome | null
  /** CheckActionState has said that it is over, and says so once. */
  told: boolean
}

/** Asynchronous actions. */
export class Actions {
  readonly #actions: IdleMap<Action>

  constructor(now: () => number) {
    this.#actions = new IdleMap(LIMIT, now)
  }

  /** @returns 32 hex digits, as clients of the real Server see */
  finished(user: string, outcome: Outcome = {}): string {
    return this.#keep({ user, outcome, told: false })
  }

  /** Over when the work is. @returns 32 hex digits */
  begun(user: string, work: Promise<unknown>): string {
    const action: Action = { user, outcome: null, told: false }
    work.then(
      () => {
        action.outcome = {}
      },
      ({ message }: Error) => {
        action.outcome = { failed: message }
      },
    )
    return this.#keep(action)
  }

  /** What it came to, told once; null while it goes on. @throws PxgError the second time, too */
  tell(user: string, id: string): Outcome | null {
    const action = this.#of(user, id, 'wstrActionGuid')
    if (action.told) throw notFound('wstrActionGuid: that this action is over was told already; then it is forgotten')
    action.told = action.outcome !== null
    return action.outcome
  }

  /** @throws PxgError */
  accessor(user: string, id: string): string {
    const { outcome } = this.#of(user, id, 'strRequestId')
    if (outcome && 'strAccessor' in outcome && outcome.strAccessor !== undefined) return outcome.strAccessor
    throw notFound('strRequestId: this action is no search')
  }

  #keep(action: Action): string {
    const id = randomBytes(16).toString('hex').toUpperCase()
    this.#actions.set(id, action, LIFETIME)
    return id
  }

  #of(user: string, id: string, argument: string): Action {
    const action = this.#actions.get(id)
    if (action?.user !== user) throw notFound(`${argument}: there is no action ${JSON.stringify(id.slice(0, 64))}`)
    return action
  }
}
