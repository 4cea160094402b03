import * as v from 'valibot'
import { Guid, Name, Nonce, RequestId, Time } from './fields.ts'

export const ListDevices = v.object({ type: v.literal('list-devices'), id: RequestId, nonce: Nonce })
export type ListDevices = v.InferOutput<typeof ListDevices>

export const ListedDevice = v.object({
  hostId: Guid,
  name: Name,
  displayName: Name,
  address: v.string(),
  version: v.string(),
  state: v.picklist(['on', 'off']),
  lastSeenAt: Time,
  /** The secondary Server that manages it; absent where it is the one that was asked. */
  server: v.optional(Name),
})

export const Devices = v.object({
  type: v.literal('devices'),
  id: RequestId,
  nonce: Nonce,
  devices: v.array(ListedDevice),
})
export type Devices = v.InferOutput<typeof Devices>
