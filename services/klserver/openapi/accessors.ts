import { randomBytes } from 'node:crypto'
import { notFound } from './errors.ts'
import { IdleMap } from './idle-map.ts'
import type { Params } from './types.ts'

/** Items of all found sets together (assumed): 20 sets of a full network of 10,000 devices. */
const CAPACITY = 200_000

/**
 * Found sets that wait to be read in chunks. A set belongs to its user, not to a session: one client starts a session for
 * each call and carries the accessor across.
 */
export class Accessors {
  readonly #sets: IdleMap<{ user: string; items: Params[] }>

  constructor(now: () => number) {
    this.#sets = new IdleMap(CAPACITY, now)
  }

  /** @param lifetime seconds from the last use @returns strAccessor */
  keep(user: string, items: Params[], lifetime: number): string {
    const accessor = randomBytes(16).toString('hex').toUpperCase()
    this.#sets.set(accessor, { user, items }, lifetime * 1_000, 1 + items.length)
    return accessor
  }

  /** @param argument as the client calls it @throws PxgError where there is no such set, or it is somebody else's. */
  items(user: string, accessor: string, argument = 'strAccessor'): Params[] {
    const set = this.#sets.get(accessor)
    if (set?.user !== user)
      throw notFound(
        `${argument}: there is no found set ${JSON.stringify(accessor.slice(0, 64))}; it was released, its lifetime is over, or newer sets took its place`,
      )
    return set.items
  }

  release(user: string, accessor: string, argument?: string): void {
    this.items(user, accessor, argument)
    this.#sets.delete(accessor)
  }
}
