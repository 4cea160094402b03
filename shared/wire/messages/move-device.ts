import * as v from 'valibot'
import { GroupId, Guid, Nonce, RequestId } from './fields.ts'

export const MoveDevice = v.object({
  type: v.literal('move-device'),
  id: RequestId,
  nonce: Nonce,
  hostId: Guid,
  groupId: GroupId,
})
export type MoveDevice = v.InferOutput<typeof MoveDevice>

export const Moved = v.object({
  type: v.literal('moved'),
  id: RequestId,
  nonce: Nonce,
  hostId: Guid,
  groupId: GroupId,
})
export type Moved = v.InferOutput<typeof Moved>
