import * as v from 'valibot'
import { Integer } from '../../../shared/wire/messages/fields.ts'
import { badFilter } from './errors.ts'
import { matchFilter } from './filter/match.ts'
import { parseFilter } from './filter/parse.ts'
import { type Filter, FilterError } from './filter/syntax.ts'
import type { Call } from './method.ts'
import { type Fields, params, type Value } from './types.ts'

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

/** Of an item in a found set, or how many: one client leaves out what is 0. */
export const Count = v.optional(v.pipe(Integer, v.minValue(0)))

export const FieldNames = v.pipe(v.array(v.string()), v.maxLength(1_000))

export const Orders = v.pipe(v.array(Order), v.maxLength(100))

/** What every iterator takes. */
export const viewArgs = {
  vecFieldsToReturn: v.optional(FieldNames),
  vecFieldsToOrder: v.optional(Orders),
  /** Secondary and virtual Servers, of which this one has none. */
  pParams: v.optional(v.custom<object>(isMap, 'must be a map')),
}

export const searchArgs = {
  ...viewArgs,
  wstrFilter: v.optional(v.string()),
  lMaxLifeTime: v.optional(Integer),
}

export interface Search {
  wstrFilter?: string | undefined
  vecFieldsToReturn?: string[] | undefined
  vecFieldsToOrder?: v.InferOutput<typeof Order>[] | undefined
  lMaxLifeTime?: number | undefined
  /** How many at most. */
  top?: number | undefined
}

/** Records of one kind, and how their attributes are read. */
export interface Records<T> {
  items: T[]
  attribute(item: T, name: string): Value | undefined
  /** No names: all. */
  fields(item: T, names?: readonly string[]): Fields
}

/** Keeps what was found as a set of the caller. @param method named where the filter is wrong @throws PxgError */
export const search = <T>(call: Call, method: string, args: Search, records: Records<T>) =>
  keepFound(call, args, readFilter(method, args), records)

export function keepFound<T>(
  call: Call,
  args: Search,
  filter: Filter | null,
  { items, attribute, fields }: Records<T>,
) {
  const { vecFieldsToReturn, vecFieldsToOrder = [], lMaxLifeTime = 0 } = args
  const at = call.now()
  const found = items
    .filter(item => matchFilter(filter, name => attribute(item, name), at))
    .sort(byFields(vecFieldsToOrder, attribute))
    .slice(0, args.top)
    .map(item => params(fields(item, vecFieldsToReturn)))
  const lifetime = lMaxLifeTime > 0 ? Math.min(lMaxLifeTime, LONGEST_LIFETIME) : LIFETIME
  return { PxgRetVal: found.length, strAccessor: call.accessors.keep(call.caller.user, found, lifetime) }
}

/** @throws PxgError */
export function readFilter(method: string, { wstrFilter = '' }: Pick<Search, 'wstrFilter'>): Filter | null {
  try {
    return parseFilter(wstrFilter)
  } catch (error) {
    if (error instanceof FilterError) throw badFilter(`${method}: wstrFilter: ${error.message}`)
    throw error
  }
}

const isDescending = ({ Asc = true }: v.InferOutput<typeof Order>) => /^(false|0)$/i.test(String(Asc))

/** What a record does not have comes first. */
function byFields<T>(orders: v.InferOutput<typeof Order>[], attribute: Records<T>['attribute']) {
  return (a: T, b: T): number => {
    for (const order of orders) {
      const [left, right] = [a, b].map(item => sortable(attribute(item, order.Name)))
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
