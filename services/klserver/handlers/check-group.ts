import { NetError } from '../../../shared/net/errors.ts'
import type { Store } from '../store/index.ts'

/** @throws NetError */
export async function checkGroup(store: Store, groupId: number): Promise<void> {
  if ((await store.groups()).some(({ id }) => id === groupId)) return
  throw new NetError('no-such-group', `no administration group has the id ${groupId}; list-groups gives the ids`)
}
