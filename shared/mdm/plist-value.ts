export type PlistObject = { [key: string]: Plist }
export type Plist = string | number | boolean | Date | Uint8Array | Plist[] | PlistObject

export class PlistError extends Error {
  override name = 'PlistError'
}

export const isDictionary = (value: Plist | undefined): value is PlistObject =>
  typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date) && !(value instanceof Uint8Array)

/** For JSON: data as base64, dates as ISO 8601. */
export function asJson(value: Plist): unknown {
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(asJson)
  if (!isDictionary(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asJson(one)]))
}
