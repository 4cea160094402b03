import * as v from 'valibot'
import { Name, Nonce, RequestId, Time } from './fields.ts'

export const Activate = v.object({ type: v.literal('activate'), id: RequestId, nonce: Nonce, product: Name })
export type Activate = v.InferOutput<typeof Activate>

export const Activated = v.object({
  type: v.literal('activated'),
  id: RequestId,
  nonce: Nonce,
  product: Name,
  validTo: Time,
  /** The activation proxy gives no licence itself. */
  forwardedTo: Name,
})
export type Activated = v.InferOutput<typeof Activated>
