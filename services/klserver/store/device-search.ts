import type { ExpressionBuilder } from 'kysely'
import type { Schema } from './schema.ts'

/** What an index can find; every device that is meant is among those found. */
export interface DeviceSearch {
  hostId?: string
  /** The displayed name in lower case: the whole, or how it begins. */
  name?: { is: string } | { begins: string }
  groupId?: number
  /** ms since 1970; both count. */
  seen?: { from?: number; to?: number }
}

/** Above every character. */
const HIGHEST = '\u{10ffff}'

export function found({ hostId, name, groupId, seen }: DeviceSearch) {
  return (by: ExpressionBuilder<Schema, 'devices'>) =>
    by.and([
      ...(hostId === undefined ? [] : [by('host_id', '=', hostId)]),
      ...(groupId === undefined ? [] : [by('group_id', '=', groupId)]),
      ...(name && 'is' in name ? [by('find_name', '=', name.is)] : []),
      ...(name && 'begins' in name
        ? [by('find_name', '>=', name.begins), by('find_name', '<', `${name.begins}${HIGHEST}`)]
        : []),
      ...(seen?.from === undefined ? [] : [by('last_seen_at', '>=', seen.from)]),
      ...(seen?.to === undefined ? [] : [by('last_seen_at', '<=', seen.to)]),
    ])
}
