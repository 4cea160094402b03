/** Fields of an administration group (vendor reference, "List of group attributes"), as far as the lab's have them. */
import type { GroupTree } from '../group-tree.ts'
import { UNASSIGNED } from '../groups.ts'
import type { Device, Group } from '../store/index.ts'
import { notFound } from './errors.ts'
import { attributeIn, fieldsIn } from './pick.ts'
import type { Records } from './search.ts'
import { datetime } from './types.ts'

/** What the counts count is assumed: `hostsNum` and `childGroupsNum` the group's own, `KLGRP_CHLD...` all below it too. */
export function groupRecords(tree: GroupTree, devices: readonly Device[]): Records<Group> {
  const hostsOf = (ids: readonly number[]) => devices.filter(({ groupId }) => ids.includes(groupId)).length
  const attributes = {
    id: ({ id }: Group) => id,
    name: ({ name }: Group) => name,
    parentId: ({ parentId }: Group) => parentId ?? undefined,
    grp_full_name: ({ id }: Group) => tree.fullName(id),
    level: ({ id }: Group) => tree.line(id).length - 1,
    creationDate: ({ createdAt }: Group) => datetime(createdAt),
    lastUpdate: ({ changedAt }: Group) => datetime(changedAt),
    hostsNum: ({ id }: Group) => hostsOf([id]),
    childGroupsNum: ({ id }: Group) => tree.children(id).length,
    KLGRP_CHLDHST_CNT: ({ id }: Group) => hostsOf(tree.below(id)),
    KLGRP_CHLDGRP_CNT: ({ id }: Group) => tree.below(id).length - 1,
    grp_from_unassigned: ({ id }: Group) => tree.line(id).some(group => group.id === UNASSIGNED),
  }
  return { items: [...tree.all], attribute: attributeIn(attributes), fields: fieldsIn(attributes) }
}

/** @param argument as the client calls it @throws PxgError */
export function groupWith(tree: GroupTree, id: number, argument: string): Group {
  const group = tree.get(id)
  if (group) return group
  throw notFound(`${argument}: there is no group ${id}; HostGroup.FindGroups finds those there are`)
}
