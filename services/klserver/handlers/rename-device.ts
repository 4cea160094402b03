import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { Administration } from '../administration.ts'
import { noSuchDevice } from './no-such-device.ts'

export const renameDevice: Handler<Administration, 'rename-device'> = async (
  { store },
  { id, nonce, hostId, name },
) => {
  const renamed = await store.rename(hostId, name)
  if (!renamed) throw noSuchDevice(hostId)
  return { type: 'renamed', id, nonce, hostId, name: renamed.displayName }
}
