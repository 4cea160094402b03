import * as v from 'valibot'
import { Nonce, RequestId } from './fields.ts'

/** Answers a request (`id`) or, without one, ends the session. */
export const ErrorMessage = v.object({
  type: v.literal('error'),
  code: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  message: v.pipe(v.string(), v.maxLength(2_048)),
  id: v.optional(RequestId),
  nonce: v.optional(Nonce),
})
export type ErrorMessage = v.InferOutput<typeof ErrorMessage>
