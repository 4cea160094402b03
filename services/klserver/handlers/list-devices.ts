import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { GatewaySignal } from '../../../shared/wire/messages/list-devices.ts'
import type { Administration, DialledGateway, ListedDevice } from '../administration.ts'
import type { Device } from '../store/index.ts'

export const listDevices: Handler<Administration, 'list-devices'> = async (administration, { id, nonce }) => ({
  ...{ type: 'devices', id, nonce },
  devices: await knownDevices(administration),
  gateways: await Promise.all(administration.gateways.map(gateway => met(administration, gateway))),
})

async function met({ store }: Administration, { agentId, signal }: DialledGateway): Promise<GatewaySignal> {
  const device = agentId === undefined ? undefined : await store.byAgent(agentId)
  return { ...signal, ...(device ? { hostId: device.hostId } : {}) }
}

/** Its own, and those that its secondary Servers have told of, however deep. */
export async function knownDevices({ store, subordinate }: Administration): Promise<ListedDevice[]> {
  const own = (await store.devices()).map(listed)
  const theirs = [...subordinate].flatMap(([server, devices]) => devices.map(device => ({ server, ...device })))
  return [...own, ...theirs]
}

const listed = ({ user, ...device }: Device): ListedDevice => {
  const { hostId, name, displayName, address, version, state, lastSeenAt, groupId } = device
  return {
    ...{ hostId, name, displayName, address, version, state, lastSeenAt, groupId },
    ...(user === null ? {} : { user }),
  }
}
