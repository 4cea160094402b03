import * as v from 'valibot'
import { Nonce, RequestId } from './fields.ts'

export const Ping = v.object({ type: v.literal('ping'), id: RequestId, nonce: v.optional(Nonce) })
export type Ping = v.InferOutput<typeof Ping>

export const Pong = v.object({ type: v.literal('pong'), id: RequestId, nonce: v.optional(Nonce) })
export type Pong = v.InferOutput<typeof Pong>
