import { randomBytes } from 'node:crypto'
import { notFound } from './errors.ts'
import { IdleMap } from './idle-map.ts'

/** ms; assumed, as is how many. */
const LIFETIME = 600_000
const LIMIT = 10_000

interface Action {
  user: string
  strAccessor: string
  /** CheckActionState has said that it is over, and says so once. */
  told: boolean
}

/** Asynchronous actions; those of the lab are over before they are asked for. */
export class Actions {
  readonly #actions: IdleMap<Action>

  constructor(now: () => number) {
    this.#actions = new IdleMap(LIMIT, now)
  }

  /** @returns 32 hex digits, as clients of the real Server see */
  finished(user: string, strAccessor: string): string {
    const id = randomBytes(16).toString('hex').toUpperCase()
    this.#actions.set(id, { user, strAccessor, told: false }, LIFETIME)
    return id
  }

  /** @throws PxgError the second time, too */
  tell(user: string, id: string): void {
    const action = this.#of(user, id, 'wstrActionGuid')
    if (action.told) throw notFound('wstrActionGuid: that this action is over was told already; then it is forgotten')
    action.told = true
  }

  /** @throws PxgError */
  accessor(user: string, id: string): string {
    return this.#of(user, id, 'strRequestId').strAccessor
  }

  #of(user: string, id: string, argument: string): Action {
    const action = this.#actions.get(id)
    if (action?.user !== user) throw notFound(`${argument}: there is no action ${JSON.stringify(id.slice(0, 64))}`)
    return action
  }
}
