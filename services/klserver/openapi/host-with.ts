import type { Device, Store } from '../store/index.ts'
import { notFound } from './errors.ts'

/** @param argument as the client calls it @throws PxgError */
export async function hostWith(store: Store, hostId: string, argument: string): Promise<Device> {
  const device = await store.device(hostId)
  if (device) return device
  throw notFound(
    `${argument}: no host has the id ${JSON.stringify(hostId.slice(0, 64))}; HostGroup.FindHosts gives it as KLHST_WKS_HOSTNAME`,
  )
}
