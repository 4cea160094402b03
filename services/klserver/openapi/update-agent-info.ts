import { NetError } from '../../../shared/net/errors.ts'
import type { UpdateAgents } from '../gateways/update-agents.ts'
import { notFound, notPermitted } from './errors.ts'
import { hostWith } from './host-with.ts'
import type { OpenApi } from './method.ts'
import { type Fields, type Params, params } from './types.ts'

/** Settings of the ports that the lab's update agents have. */
export const PORTS = { UaPort: 13000, UaNonSslPort: 14000, UaMulticastAddr: '239.255.0.1' } as const

/** Of those that this Server has met as devices. */
export async function displayInfo({ store, updateAgents }: OpenApi, names?: string[]): Promise<Params[]> {
  const shown: Params[] = []
  for (const { name, isGateway } of updateAgents()?.list() ?? []) {
    if (names && !names.includes(name)) continue
    const [device] = await store.named(name)
    if (device)
      shown.push(params({ UaHostId: device.hostId, UaHostDisplayName: device.displayName, UaIsCg: isGateway }))
  }
  return shown
}

/** @param argument as the client calls it @throws PxgError */
export async function updateAgentWith(api: OpenApi, hostId: string, argument: string): Promise<Fields> {
  await hostWith(api.store, hostId, argument)
  const info = (await displayInfo(api)).find(({ value }) => value.UaHostId === hostId)
  if (info) return { ...info.value, ...PORTS }
  throw notFound(`${argument}: this host is no update agent; UaControl.GetUpdateAgentsList has those there are`)
}

/** @throws PxgError with why it is not permitted */
export async function change({ updateAgents }: OpenApi, work: (agents: UpdateAgents) => Promise<void> | void) {
  const agents = updateAgents()
  if (!agents) throw notPermitted('the Administration Server is starting')
  try {
    await work(agents)
  } catch (error) {
    throw error instanceof NetError ? notPermitted(error.message) : error
  }
  return {}
}
