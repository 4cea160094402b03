import type { Ports } from './ends.ts'
import { Role } from './role.ts'

/** The far ends and the near one, each in a process of its own. */
export interface Sides {
  back: Role
  client: Role
  backs: Ports
  stop(): Promise<void>
}

export async function sides(): Promise<Sides> {
  // The source has one of its own: the more a gateway takes from it, the later an echo beside it would be.
  const [back, source, client] = [new Role('back'), new Role('back'), new Role('client')]
  const backs = { ...(await back.ask<Ports>('ports')), source: (await source.ask<Ports>('ports')).source }
  return {
    back,
    client,
    backs,
    async stop() {
      await Promise.all([back, source, client].map(role => role.stop()))
    },
  }
}
