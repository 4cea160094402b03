import type { GroupId } from '../../shared/wire/messages/fields.ts'

/** The predefined groups; the numbers as HostGroup.GroupIdGroups and GroupIdUnassigned give them (KSCAPI; assumed). */
export const MANAGED: GroupId = 0
export const UNASSIGNED: GroupId = 1

export const GROUP_NAMES: Readonly<Record<GroupId, string>> = { 0: 'Managed devices', 1: 'Unassigned devices' }
