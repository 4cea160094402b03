import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { Administration } from '../administration.ts'
import { noSuchDevice } from './no-such-device.ts'

/** "Force synchronization" of the console: answered when the device has come. */
export const synchroniseDevice: Handler<Administration, 'synchronise-device'> = async (
  { store, synchronise },
  { id, nonce, hostId },
) => {
  const device = await store.device(hostId)
  if (!device) throw noSuchDevice(hostId)
  await synchronise(device)
  return { type: 'device-synchronised', id, nonce, hostId }
}
