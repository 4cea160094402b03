import * as v from 'valibot'
import { Integer, Nonce, RequestId } from './fields.ts'

/** 24 h. */
export const LONGEST_HOLD = 86_400_000

export const Hold = v.object({
  type: v.literal('hold'),
  id: RequestId,
  nonce: Nonce,
  span: v.pipe(Integer, v.minValue(1), v.maxValue(LONGEST_HOLD)),
  patience: v.pipe(Integer, v.minValue(1), v.maxValue(LONGEST_HOLD)),
})
export type Hold = v.InferOutput<typeof Hold>

export const Held = v.object({ type: v.literal('held'), id: RequestId, nonce: Nonce })
export type Held = v.InferOutput<typeof Held>
