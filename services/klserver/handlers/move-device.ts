import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { Administration } from '../administration.ts'
import { checkGroup } from './check-group.ts'
import { noSuchDevice } from './no-such-device.ts'

export const moveDevice: Handler<Administration, 'move-device'> = async ({ store, pushNeeded }, message) => {
  const { id, nonce, hostId, groupId } = message
  await checkGroup(store, groupId)
  const before = await store.device(hostId)
  const moved = await store.move(hostId, groupId)
  if (!moved) throw noSuchDevice(hostId)
  // Policies and tasks come with the group.
  if (before?.groupId !== groupId) pushNeeded(moved)
  return { type: 'moved', id, nonce, hostId, groupId: moved.groupId }
}
