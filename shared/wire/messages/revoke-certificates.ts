import * as v from 'valibot'
import { Guid, Nonce, RequestId } from './fields.ts'

/** Console: a mobile device's certificates, those it has and those it would ask for, are worth nothing any more. */
export const RevokeCertificates = v.object({
  type: v.literal('revoke-certificates'),
  id: RequestId,
  nonce: Nonce,
  hostId: Guid,
})
export type RevokeCertificates = v.InferOutput<typeof RevokeCertificates>

export const Revoked = v.object({ type: v.literal('revoked'), id: RequestId, nonce: Nonce, hostId: Guid })
export type Revoked = v.InferOutput<typeof Revoked>
