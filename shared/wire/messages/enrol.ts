import * as v from 'valibot'
import { Name, Nonce, RequestId, Time } from './fields.ts'

/** A mobile device asks for the certificate of its user: at first contact, and before the one that it has ends. */
export const Enrol = v.object({
  type: v.literal('enrol'),
  id: RequestId,
  nonce: Nonce,
  user: Name,
  /** PEM of a PKCS #10 request; of its contents the public key alone counts. */
  request: v.pipe(v.string(), v.maxLength(8_192)),
})
export type Enrol = v.InferOutput<typeof Enrol>

export const Enrolled = v.object({
  type: v.literal('enrolled'),
  id: RequestId,
  nonce: Nonce,
  /** PEM */
  certificate: v.string(),
  validTo: Time,
})
export type Enrolled = v.InferOutput<typeof Enrolled>
