import type { GroupId } from '../../shared/wire/messages/fields.ts'

/** The predefined groups; the numbers as HostGroup.GroupIdGroups, GroupIdUnassigned and GroupIdSuper give them (KSCAPI; assumed). */
export const MANAGED: GroupId = 0
export const UNASSIGNED: GroupId = 1
/** Above "Managed devices", for policies and tasks of a primary Server. It is in no list, and holds no device. */
export const SUPER: GroupId = 2
