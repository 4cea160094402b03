import * as v from 'valibot'
import { Integer, Name, Nonce, Version } from './fields.ts'

export const Welcome = v.object({
  type: v.literal('welcome'),
  host: Name,
  version: Version,
  nonce: Nonce,
  /** "Do not disconnect from the Administration Server". */
  keep: v.picklist(['granted', 'refused', 'not-asked']),
  keepReason: v.optional(v.string()),
  /** ms */
  syncInterval: v.optional(v.pipe(Integer, v.minValue(1))),
})
export type Welcome = v.InferOutput<typeof Welcome>
