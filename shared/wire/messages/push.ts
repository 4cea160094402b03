import * as v from 'valibot'
import { Guid, Nonce } from './fields.ts'

/** Push server to device: contact your Server now, and say this nonce in `wokenBy`. Not answered: the contact is the answer. */
export const Call = v.object({ type: v.literal('call'), nonce: Nonce })
export type Call = v.InferOutput<typeof Call>

/** Server to push server, on whatever connection the two keep: call this device. Not answered. */
export const Push = v.object({ type: v.literal('push'), nonce: Nonce, agentId: Guid })
export type Push = v.InferOutput<typeof Push>
