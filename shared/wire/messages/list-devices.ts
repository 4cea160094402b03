import * as v from 'valibot'
import { GroupId, Guid, Name, Nonce, RequestId, Time } from './fields.ts'

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
  groupId: GroupId,
  /** Of a mobile device, by its certificate. */
  user: v.optional(Name),
  /** The secondary Server that manages it; absent where it is the one that was asked. */
  server: v.optional(Name),
})

/** A connection gateway in a DMZ, and the signal connection that the Server that was asked keeps to it. */
const GatewaySignal = v.object({
  host: Name,
  /** Of its device; absent before this Server has met it. */
  hostId: v.optional(Guid),
  state: v.picklist(['connecting', 'established', 'lost']),
  /** When it was lost. */
  since: v.optional(Time),
  /** What keeps the Server from it. */
  reason: v.optional(v.string()),
})
export type GatewaySignal = v.InferOutput<typeof GatewaySignal>

export const Devices = v.object({
  type: v.literal('devices'),
  id: RequestId,
  nonce: Nonce,
  devices: v.array(ListedDevice),
  gateways: v.optional(v.array(GatewaySignal)),
})
export type Devices = v.InferOutput<typeof Devices>
