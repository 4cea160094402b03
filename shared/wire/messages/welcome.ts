import * as v from 'valibot'
import { Guid, Integer, Name, Nonce, Version } from './fields.ts'

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
  /** A connection gateway's own device, in answer to its Server's signal connection. */
  agentId: v.optional(Guid),
  os: v.optional(Name),
})
export type Welcome = v.InferOutput<typeof Welcome>
