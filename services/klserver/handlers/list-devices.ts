import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { Administration, ListedDevice } from '../administration.ts'
import type { Device } from '../store/index.ts'

/** Its own, and those that its secondary Servers have told of. */
export const listDevices: Handler<Administration, 'list-devices'> = async ({ store, subordinate }, { id, nonce }) => {
  const own = (await store.devices()).map(listed)
  const theirs = [...subordinate].flatMap(([server, devices]) => devices.map(device => ({ server, ...device })))
  return { type: 'devices', id, nonce, devices: [...own, ...theirs] }
}

export const listed = ({ hostId, name, displayName, address, version, state, lastSeenAt }: Device): ListedDevice => ({
  ...{ hostId, name, displayName, address, version, state, lastSeenAt },
})
