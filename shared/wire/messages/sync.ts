import * as v from 'valibot'
import { Bytes, Name, Nonce, RequestId, Revisioned, Version } from './fields.ts'

export const Application = v.object({ name: Name, version: Version })
export type Application = v.InferOutput<typeof Application>

export const Sync = v.object({
  type: v.literal('sync'),
  id: RequestId,
  nonce: Nonce,
  applications: v.pipe(v.array(Application), v.maxLength(2_000)),
})
export type Sync = v.InferOutput<typeof Sync>

export const Synced = v.object({
  type: v.literal('synced'),
  id: RequestId,
  nonce: Nonce,
  policies: v.array(Revisioned),
  tasks: v.array(Revisioned),
  /** DER */
  reserveCertificate: v.optional(Bytes),
  /** Key of this device's shutdown notices. */
  noticeKey: v.optional(Bytes),
})
export type Synced = v.InferOutput<typeof Synced>
