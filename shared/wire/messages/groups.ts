import * as v from 'valibot'
import { GroupId, Name, Nonce, RequestId } from './fields.ts'

export const ListGroups = v.object({ type: v.literal('list-groups'), id: RequestId, nonce: Nonce })
export type ListGroups = v.InferOutput<typeof ListGroups>

/** The predefined groups are below none. */
const Group = v.object({ groupId: GroupId, name: Name, parentId: v.optional(GroupId) })

export const Groups = v.object({
  type: v.literal('groups'),
  id: RequestId,
  nonce: Nonce,
  groups: v.array(Group),
})
export type Groups = v.InferOutput<typeof Groups>

export const AddGroup = v.object({
  type: v.literal('add-group'),
  id: RequestId,
  nonce: Nonce,
  name: Name,
  parentId: GroupId,
})
export type AddGroup = v.InferOutput<typeof AddGroup>

export const GroupAdded = v.object({
  type: v.literal('group-added'),
  id: RequestId,
  nonce: Nonce,
  groupId: GroupId,
})
export type GroupAdded = v.InferOutput<typeof GroupAdded>
