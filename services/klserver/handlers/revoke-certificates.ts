import { NetError } from '../../../shared/net/errors.ts'
import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { Administration } from '../administration.ts'
import { noSuchDevice } from './no-such-device.ts'

export const revokeCertificates: Handler<Administration, 'revoke-certificates'> = async ({ store }, message) => {
  const { id, nonce, hostId } = message
  const device = await store.device(hostId)
  if (!device) throw noSuchDevice(hostId)
  if (!device.mobile)
    throw new NetError('not-mobile', `${device.displayName} is no mobile device: it has no certificate of a user`)
  await store.revoke(hostId, Date.now())
  return { type: 'revoked', id, nonce, hostId }
}
