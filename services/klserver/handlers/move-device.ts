import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { Administration } from '../administration.ts'
import { noSuchDevice } from './no-such-device.ts'

export const moveDevice: Handler<Administration, 'move-device'> = async ({ store }, { id, nonce, hostId, groupId }) => {
  const moved = await store.move(hostId, groupId)
  if (!moved) throw noSuchDevice(hostId)
  return { type: 'moved', id, nonce, hostId, groupId: moved.groupId }
}
