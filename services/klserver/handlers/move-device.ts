import { NetError } from '../../../shared/net/errors.ts'
import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { Administration } from '../administration.ts'
import { noSuchDevice } from './no-such-device.ts'

export const moveDevice: Handler<Administration, 'move-device'> = async (administration, message) => {
  const { id, nonce, hostId, groupId } = message
  const known = (await administration.store.groups()).find(group => group.id === groupId)
  if (!known) throw new NetError('no-such-group', `no administration group has the id ${groupId}`)
  const moved = await administration.store.move(hostId, groupId)
  if (!moved) throw noSuchDevice(hostId)
  // Policies and tasks come with the group.
  administration.pushNeeded(moved)
  return { type: 'moved', id, nonce, hostId, groupId: moved.groupId }
}
