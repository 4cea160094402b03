import * as v from 'valibot'
import { Guid, Integer } from './fields.ts'

/** Server to device on its continuous connection: dial me as `tunnel` with this id, and carry it to your own port. */
export const Tunnel = v.object({
  type: v.literal('tunnel'),
  tunnel: Guid,
  port: v.pipe(Integer, v.minValue(1), v.maxValue(65_535)),
})
export type Tunnel = v.InferOutput<typeof Tunnel>
