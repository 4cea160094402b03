import * as v from 'valibot'
import { Bytes, Name, Nonce, RequestId } from './fields.ts'

/** Distribution point to Server, as an agent: a wake-up for a device that the Server's own datagrams do not reach. */
export const WakeUpRequest = v.object({ type: v.literal('wake-up-request'), id: RequestId, nonce: Nonce, target: Name })
export type WakeUpRequest = v.InferOutput<typeof WakeUpRequest>

/** The datagram of docs/protocol.md section 4, signed by the Server; the nonce in it is that of the request. */
export const WakeUpSealed = v.object({
  type: v.literal('wake-up-sealed'),
  id: RequestId,
  nonce: Nonce,
  datagram: Bytes,
})
export type WakeUpSealed = v.InferOutput<typeof WakeUpSealed>

/** Distribution point to Server: tell me when the device that was woken so has come. */
export const WaitForContact = v.object({ type: v.literal('wait-for-contact'), id: RequestId, nonce: Nonce })
export type WaitForContact = v.InferOutput<typeof WaitForContact>

export const Woken = v.object({ type: v.literal('woken'), id: RequestId, nonce: Nonce })
export type Woken = v.InferOutput<typeof Woken>
