import type { Fields, Value } from './types.ts'

export type Attributes<T> = Record<string, (item: T) => Value | undefined>

/** Own names only: clients may ask for `constructor`. */
export const attributeIn =
  <T>(attributes: Attributes<T>) =>
  (item: T, name: string): Value | undefined =>
    Object.hasOwn(attributes, name) ? attributes[name]?.(item) : undefined

/** No names: all. What an item does not have, and names nobody knows, are absent. */
export const fieldsIn =
  <T>(attributes: Attributes<T>) =>
  (item: T, names: readonly string[] = []): Fields => {
    const fields: Fields = {}
    for (const name of names.length > 0 ? names : Object.keys(attributes)) {
      const value = attributeIn(attributes)(item, name)
      if (value !== undefined) fields[name] = value
    }
    return fields
  }
