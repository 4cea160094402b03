import { NetError } from '../../../shared/net/errors.ts'
import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { Administration } from '../administration.ts'

export const renameDevice: Handler<Administration, 'rename-device'> = async (
  { store },
  { id, nonce, hostId, name },
) => {
  const renamed = await store.rename(hostId, name)
  if (!renamed) throw new NetError('no-such-device', `no device has the id ${hostId}; list-devices gives the ids`)
  return { type: 'renamed', id, nonce, hostId, name: renamed.displayName }
}
