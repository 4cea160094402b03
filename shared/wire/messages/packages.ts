import * as v from 'valibot'
import { Integer, Name, Nonce, RequestId } from './fields.ts'

/** Agent to distribution point: what is to be had there? */
export const ListPackages = v.object({ type: v.literal('list-packages'), id: RequestId, nonce: Nonce })
export type ListPackages = v.InferOutput<typeof ListPackages>

const OfferedPackage = v.object({
  name: Name,
  bytes: v.pipe(Integer, v.minValue(0)),
  /** Lower-case hex. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
})
export type OfferedPackage = v.InferOutput<typeof OfferedPackage>

export const Packages = v.object({
  type: v.literal('packages'),
  id: RequestId,
  nonce: Nonce,
  packages: v.array(OfferedPackage),
})
export type Packages = v.InferOutput<typeof Packages>
