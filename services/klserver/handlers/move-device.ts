import { NetError } from '../../../shared/net/errors.ts'
import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { Administration } from '../administration.ts'

export const moveDevice: Handler<Administration, 'move-device'> = async ({ store }, { id, nonce, hostId, groupId }) => {
  const moved = await store.move(hostId, groupId)
  if (!moved) throw new NetError('no-such-device', `no device has the id ${hostId}; list-devices gives the ids`)
  return { type: 'moved', id, nonce, hostId, groupId: moved.groupId }
}
