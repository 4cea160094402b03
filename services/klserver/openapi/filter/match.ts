import { readTime, type Value } from '../types.ts'
import type { Comparison, Filter, Literal } from './syntax.ts'
import { wildcard } from './wildcard.ts'

/** The record that is looked at; undefined for an attribute it does not have. */
export type Lookup = (attribute: string) => Value | undefined

/**
 * Whether a record is what the filter looks for. What is not comparable (an attribute that the record does not have, a
 * text against a number) matches no comparison, `<>` neither (assumed).
 * @param now ms since 1970
 */
export function matchFilter(filter: Filter | null, lookup: Lookup, now: number): boolean {
  if (filter === null) return true
  if ('all' in filter) return filter.all.every(part => matchFilter(part, lookup, now))
  if ('any' in filter) return filter.any.some(part => matchFilter(part, lookup, now))
  if ('not' in filter) return !matchFilter(filter.not, lookup, now)
  const value = lookup(filter.attribute)
  if (value === undefined) return false
  if (!Array.isArray(value)) return compare(filter, plain(value), now)
  // Of several values one that fits is enough; for <> none may be the same.
  const fits = (one: Value) => compare(filter, plain(one), now)
  return filter.operator === '<>' ? value.every(fits) : value.some(fits)
}

/** An attribute without its wrapper; times in ms since 1970, binary in hexadecimal. */
type Plain = { text: string } | { number: number } | { time: number } | { binary: string } | null

function plain(value: Value): Plain {
  if (typeof value === 'string') return { text: value }
  if (typeof value === 'number') return { number: value }
  if (typeof value === 'boolean') return { number: Number(value) }
  if (value === null || Array.isArray(value) || value.type === 'params') return null
  if (value.type === 'long') return { number: value.value }
  if (value.type === 'binary') return { binary: Buffer.from(value.value, 'base64').toString('hex') }
  const time = readTime(value.value)
  return time === null ? null : { time }
}

function compare({ mask, operator, value }: Comparison, held: Plain, now: number): boolean {
  if (held === null) return false
  if ('text' in held)
    return 'text' in value && mask === undefined && holds(operator, textOrder(held.text, value, operator))
  if ('binary' in held)
    return 'binary' in value && mask === undefined && holds(operator, order(held.binary, value.binary))
  if ('time' in held) {
    const time = mask === undefined ? timeOf(value, now) : null
    return time !== null && holds(operator, order(held.time, time))
  }
  const number = numberOf(value)
  if (number === null) return false
  return holds(
    operator,
    order(mask === undefined ? BigInt(held.number) : BigInt(held.number) & BigInt(mask), BigInt(number)),
  )
}

const order = <T extends string | number | bigint>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)

/** One filter is matched against many records. */
const wildcards = new WeakMap<Literal, (text: string) => boolean>()

function textOrder(held: string, given: Literal & { text: string }, operator: Comparison['operator']): number {
  if (operator !== '=' && operator !== '<>') return order(held.toLowerCase(), given.text.toLowerCase())
  const matches = wildcards.get(given) ?? wildcard(given.text)
  wildcards.set(given, matches)
  return matches(held) ? 0 : 1
}

function holds(operator: Comparison['operator'], ordered: number): boolean {
  switch (operator) {
    case '=':
      return ordered === 0
    case '<>':
      return ordered !== 0
    case '<':
      return ordered < 0
    case '<=':
      return ordered <= 0
    case '>':
      return ordered > 0
    case '>=':
      return ordered >= 0
  }
}

/** A time is also written as a plain text, in full or as a date only. */
export function timeOf(value: Literal, now: number): number | null {
  if ('time' in value) return value.time
  if ('fromNow' in value) return now + value.fromNow * 1_000
  return 'text' in value ? readTime(value.text) : null
}

/** A boolean is written 0, 1, true, false, "True" or "False". */
function numberOf(value: Literal): number | null {
  if ('number' in value) return value.number
  if ('boolean' in value) return Number(value.boolean)
  if (!('text' in value)) return null
  if (/^(true|false)$/i.test(value.text)) return Number(value.text.toLowerCase() === 'true')
  return /^[+-]?\d{1,15}$/.test(value.text) ? Number(value.text) : null
}
