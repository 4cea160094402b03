import * as v from 'valibot'
import { Guid, Nonce, RequestId } from './fields.ts'

/** Forced synchronisation: call this device. */
export const SynchroniseDevice = v.object({
  type: v.literal('synchronise-device'),
  id: RequestId,
  nonce: Nonce,
  hostId: Guid,
})
export type SynchroniseDevice = v.InferOutput<typeof SynchroniseDevice>

/** It has come. */
export const DeviceSynchronised = v.object({
  type: v.literal('device-synchronised'),
  id: RequestId,
  nonce: Nonce,
  hostId: Guid,
})
export type DeviceSynchronised = v.InferOutput<typeof DeviceSynchronised>
