import * as v from 'valibot'
import { Name, Nonce, RequestId, Time } from './fields.ts'

export const StatusRequest = v.object({ type: v.literal('status-request'), id: RequestId, nonce: Nonce })
export type StatusRequest = v.InferOutput<typeof StatusRequest>

export const Status = v.object({
  type: v.literal('status'),
  id: RequestId,
  nonce: Nonce,
  /** The Administration Server that the agent belongs to. */
  server: Name,
  lastSync: v.optional(Time),
})
export type Status = v.InferOutput<typeof Status>
