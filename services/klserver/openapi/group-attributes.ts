/** Fields of an administration group (vendor reference, "List of group attributes"), as far as the lab's have them. */
import type { GroupId } from '../../../shared/wire/messages/fields.ts'
import { GROUP_NAMES, MANAGED, UNASSIGNED } from '../groups.ts'
import type { Device } from '../store/index.ts'
import { notFound } from './errors.ts'
import { type Attributes, attributeIn, fieldsIn } from './pick.ts'

interface Group {
  id: GroupId
  name: string
  hosts: number
}

const attributes: Attributes<Group> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  grp_full_name: ({ name }) => `${name}/`,
  level: () => 0,
  hostsNum: ({ hosts }) => hosts,
  childGroupsNum: () => 0,
  KLGRP_CHLDHST_CNT: ({ hosts }) => hosts,
  KLGRP_CHLDGRP_CNT: () => 0,
  grp_from_unassigned: ({ id }) => id === UNASSIGNED,
}

export const groupAttribute = attributeIn(attributes)
export const groupFields = fieldsIn(attributes)

const GROUPS: readonly GroupId[] = [MANAGED, UNASSIGNED]

const groupOf = (id: GroupId, devices: Device[]): Group => ({
  id,
  name: GROUP_NAMES[id],
  hosts: devices.filter(({ groupId }) => groupId === id).length,
})

export const groupsOf = (devices: Device[]): Group[] => GROUPS.map(id => groupOf(id, devices))

/** @param argument as the client calls it @throws PxgError */
export function groupIdOf(id: number, argument: string): GroupId {
  const known = GROUPS.find(one => one === id)
  if (known === undefined)
    throw notFound(
      `${argument}: there is no group ${id}; there are ${MANAGED} (managed) and ${UNASSIGNED} (unassigned)`,
    )
  return known
}

/** @param argument as the client calls it @throws PxgError */
export const groupWith = (id: number, devices: Device[], argument: string): Group =>
  groupOf(groupIdOf(id, argument), devices)
