/**
 * The OpenAPI's JSON types (vendor reference, "Types"): string, boolean, 32-bit integer, null and array are plain JSON;
 * everything else is wrapped as `{type, value}` wherever it stands inside a map or an array, and bare at the top level.
 */

export type Value = string | number | boolean | null | Long | DateTime | Binary | Params | Value[]
export interface Long {
  type: 'long'
  value: number
}
/** UTC, whole seconds, `Z`; '' for none. */
export interface DateTime {
  type: 'datetime'
  value: string
}
/** base64 */
interface Binary {
  type: 'binary'
  value: string
}
/** A map within a map or an array. */
export interface Params {
  type: 'params'
  value: Fields
}
/** A map at the top level. A field that a record does not have is absent. */
export type Fields = { [name: string]: Value }

export const long = (value: number): Long => ({ type: 'long', value })
export const binary = (bytes: Buffer): Binary => ({ type: 'binary', value: bytes.toString('base64') })
export const params = (value: Fields): Params => ({ type: 'params', value })
/** @param at ms since 1970 */
export const datetime = (at: number): DateTime => ({
  type: 'datetime',
  value: new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
})

const WRAPPERS = new Set(['long', 'datetime', 'date', 'binary', 'float', 'double', 'params'])
/** Levels; the deepest arguments of the vendor's methods have six. */
const DEPTH = 32

/**
 * Arguments as plain JSON, whether or not the client wrapped them: clients do both, at every level.
 * @throws RangeError where they are nested too deep.
 */
export function unwrap(value: unknown, depth = DEPTH): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) throw new RangeError(`the arguments are nested deeper than ${DEPTH} levels`)
  if (Array.isArray(value)) return value.map(item => unwrap(item, depth - 1))
  if (isWrapped(value)) return unwrap(value.value, depth - 1)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unwrap(item, depth - 1)]))
}

const isWrapped = (map: object): map is { type: string; value: unknown } =>
  'type' in map &&
  'value' in map &&
  Object.keys(map).length === 2 &&
  typeof map.type === 'string' &&
  WRAPPERS.has(map.type)

/** `2030-01-31`, `2030-01-31 08:05:00` or with `T` and `Z`; always UTC. */
const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)Z?)?$/

/** @returns ms since 1970, or null where the text is no such time. */
export function readTime(text: string): number | null {
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = TIME.exec(text) ?? []
  if (year === undefined) return null
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
  const at = new Date(iso)
  // 30 February comes out as 2 March.
  return Number.isNaN(at.getTime()) || at.toISOString() !== iso ? null : at.getTime()
}
