import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import type { Device } from '../../store/index.ts'
import { badFilter } from '../errors.ts'
import { matchFilter } from '../filter/match.ts'
import { parseFilter } from '../filter/parse.ts'
import { type Filter, FilterError } from '../filter/syntax.ts'
import { hostAttribute, hostFields } from '../host-attributes.ts'
import { method } from '../method.ts'
import { params, type Value } from '../types.ts'

/** Seconds, where the client gives none (assumed). */
const LIFETIME = 600
/** Seconds; a day. */
const LONGEST_LIFETIME = 86_400

const isMap = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)

const Order = v.object({
  Name: v.string(),
  // One client sends booleans as texts.
  Asc: v.optional(v.union([v.boolean(), Integer, v.string()])),
})

export const findHosts = method({
  name: 'HostGroup.FindHosts',
  args: v.object({
    wstrFilter: v.optional(v.string()),
    vecFieldsToReturn: v.optional(v.pipe(v.array(v.string()), v.maxLength(1_000))),
    vecFieldsToOrder: v.optional(v.pipe(v.array(Order), v.maxLength(100))),
    /** Secondary and virtual Servers, of which this one has none. */
    pParams: v.optional(v.custom<object>(isMap, 'must be a map')),
    lMaxLifeTime: v.optional(Integer),
  }),
  async run({ store, accessors, caller, now }, args) {
    const { wstrFilter = '', vecFieldsToReturn, vecFieldsToOrder = [], lMaxLifeTime = 0 } = args
    const filter = readFilter(wstrFilter)
    const at = now()
    const found = (await store.devices())
      .filter(device => matchFilter(filter, name => hostAttribute(device, name), at))
      .sort(byFields(vecFieldsToOrder))
      .map(device => params(hostFields(device, vecFieldsToReturn)))
    const lifetime = lMaxLifeTime > 0 ? Math.min(lMaxLifeTime, LONGEST_LIFETIME) : LIFETIME
    return { PxgRetVal: found.length, strAccessor: accessors.keep(caller.user, found, lifetime) }
  },
})

function readFilter(text: string): Filter | null {
  try {
    return parseFilter(text)
  } catch (error) {
    if (error instanceof FilterError) throw badFilter(`HostGroup.FindHosts: wstrFilter: ${error.message}`)
    throw error
  }
}

const isDescending = ({ Asc = true }: v.InferOutput<typeof Order>) => /^(false|0)$/i.test(String(Asc))

/** What a device does not have comes first. */
function byFields(orders: v.InferOutput<typeof Order>[]): (a: Device, b: Device) => number {
  return (a, b) => {
    for (const order of orders) {
      const [left, right] = [a, b].map(device => sortable(hostAttribute(device, order.Name)))
      const ordered = compare(left ?? '', right ?? '')
      if (ordered !== 0) return isDescending(order) ? -ordered : ordered
    }
    return 0
  }
}

function sortable(value: Value | undefined): string | number {
  if (typeof value === 'string') return value.toLowerCase()
  if (typeof value === 'object' && value !== null && 'value' in value) return sortable(value.value as Value)
  return typeof value === 'number' || typeof value === 'boolean' ? Number(value) : ''
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0)
