import * as v from 'valibot'
import { Guid, Name, Nonce, RequestId } from './fields.ts'

export const RenameDevice = v.object({
  type: v.literal('rename-device'),
  id: RequestId,
  nonce: Nonce,
  hostId: Guid,
  name: Name,
})
export type RenameDevice = v.InferOutput<typeof RenameDevice>

export const Renamed = v.object({
  type: v.literal('renamed'),
  id: RequestId,
  nonce: Nonce,
  hostId: Guid,
  name: Name,
})
export type Renamed = v.InferOutput<typeof Renamed>
