import * as v from 'valibot'
import { Nonce, RequestId } from './fields.ts'

/** Google's and Apple's push services. */
export const PushKind = v.picklist(['fcm', 'apns'])
export type PushKind = v.InferOutput<typeof PushKind>

/** Where a mobile device is reached by push, as the push service has told it; answered with `noted`. */
export const PushToken = v.object({
  type: v.literal('push-token'),
  id: RequestId,
  nonce: Nonce,
  kind: PushKind,
  token: v.pipe(v.string(), v.minLength(1), v.maxLength(4_096)),
})
export type PushToken = v.InferOutput<typeof PushToken>
