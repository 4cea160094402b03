import * as v from 'valibot'
import { Guid, Name, Nonce, RequestId, Time } from './fields.ts'

/** 1 information, 2 warning, 3 error, 4 critical: the numbers of the OpenAPI's event severity. */
export const Severity = v.picklist([1, 2, 3, 4])
export type Severity = v.InferOutput<typeof Severity>

export const Event = v.object({
  type: v.literal('event'),
  id: RequestId,
  nonce: Nonce,
  eventId: Guid,
  at: Time,
  severity: Severity,
  kind: Name,
  text: v.pipe(v.string(), v.maxLength(8_192)),
})
export type Event = v.InferOutput<typeof Event>

export const Stored = v.object({
  type: v.literal('stored'),
  id: RequestId,
  nonce: Nonce,
  eventId: Guid,
  known: v.boolean(),
})
export type Stored = v.InferOutput<typeof Stored>
