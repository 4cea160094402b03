import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { Administration } from '../administration.ts'
import { noSuchDevice } from './no-such-device.ts'

export const moveDevice: Handler<Administration, 'move-device'> = async (administration, message) => {
  const { id, nonce, hostId, groupId } = message
  const moved = await administration.store.move(hostId, groupId)
  if (!moved) throw noSuchDevice(hostId)
  // Policies and tasks come with the group.
  administration.pushNeeded(moved)
  return { type: 'moved', id, nonce, hostId, groupId: moved.groupId }
}
