/** What of a filter the store's indexes can find. The filter itself is matched against what they find. Pure. */
import type { DeviceSearch } from '../../store/device-search.ts'
import { timeOf } from './match.ts'
import type { Comparison, Filter } from './syntax.ts'

/** @param now ms since 1970 */
export function narrow(filter: Filter | null, now: number): DeviceSearch {
  if (filter === null) return {}
  if ('all' in filter) return filter.all.map(part => narrow(part, now)).reduce(both, {})
  return 'attribute' in filter ? byAttribute(filter, now) : {}
}

/** Of two names or groups that are asked for at once the later one is as good as the earlier. */
const both = (a: DeviceSearch, b: DeviceSearch): DeviceSearch => ({
  ...a,
  ...b,
  ...(a.seen || b.seen ? { seen: { ...a.seen, ...b.seen } } : {}),
})

/** ms: the attribute is in whole seconds. */
const SECOND = 1_000

function byAttribute({ attribute, mask, operator, value }: Comparison, now: number): DeviceSearch {
  if (mask !== undefined) return {}
  if (operator === '=' && 'text' in value) {
    if (attribute === 'KLHST_WKS_DN') return byName(value.text.toLowerCase())
    if (attribute === 'KLHST_WKS_HOSTNAME' && !WILDCARD.test(value.text)) return { hostId: value.text.toLowerCase() }
  }
  if (attribute === 'KLHST_WKS_GROUPID' && operator === '=' && 'number' in value) return { groupId: value.number }
  if (attribute !== 'KLHST_WKS_LAST_VISIBLE') return {}
  const time = timeOf(value, now)
  if (time === null || operator === '<>') return {}
  return {
    seen: {
      ...(operator.startsWith('<') ? {} : { from: time - SECOND }),
      ...(operator.startsWith('>') ? {} : { to: time + SECOND }),
    },
  }
}

const WILDCARD = /[*?[]/

function byName(pattern: string): DeviceSearch {
  const at = pattern.search(WILDCARD)
  if (at < 0) return { name: { is: pattern } }
  return at === 0 ? {} : { name: { begins: pattern.slice(0, at) } }
}
