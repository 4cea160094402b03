import { randomUUID } from 'node:crypto'
import { notFound } from './errors.ts'
import { IdleMap } from './idle-map.ts'
import type { Fields } from './types.ts'

/** ms without a use, and how many; assumed. */
const LIFETIME = 600_000
const LIMIT = 10_000

interface List {
  user: string
  hostId: string
  left: Fields[]
}

/** The tasks of a host as HostTasks reads them: one list for each `strSrvObjId` of HostGroup.GetHostTasks. */
export class HostTaskLists {
  readonly #lists: IdleMap<List>

  constructor(now: () => number) {
    this.#lists = new IdleMap(LIMIT, now)
  }

  /** @returns strSrvObjId */
  open(user: string, hostId: string): string {
    const id = randomUUID()
    this.#lists.set(id, { user, hostId, left: [] }, LIFETIME)
    return id
  }

  /** @throws PxgError where there is no such list, or it is somebody else's */
  of(user: string, id: string): List {
    const list = this.#lists.get(id)
    if (list?.user === user) return list
    throw notFound(
      `strSrvObjId: there is no ${JSON.stringify(id.slice(0, 64))}; HostGroup.GetHostTasks gives one, for ten minutes`,
    )
  }
}
