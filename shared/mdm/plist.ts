import { build, type PlistValue } from 'plist'
import { isDictionary, type Plist, PlistError, type PlistObject } from './plist-value.ts'
import { readXml } from './read-plist.ts'

/** An XML property list. @throws PlistError where it holds what no property list can */
export function printPlist(value: Plist): Buffer {
  try {
    return Buffer.from(build(value as PlistValue, { pretty: false }))
  } catch (error) {
    throw new PlistError((error as Error).message, { cause: error })
  }
}

/** The dictionary that an XML property list holds. @throws PlistError for anything else */
export function readDictionary(bytes: Uint8Array): PlistObject {
  const value = readAnything(bytes)
  if (!isDictionary(value)) throw new PlistError('the property list holds no dictionary')
  return value
}

function readAnything(bytes: Uint8Array): Plist {
  try {
    return readXml(bytes)
  } catch (error) {
    if (error instanceof PlistError) throw error
    // Out of stack or memory: whatever it is, it is the sender's.
    throw new PlistError('the property list cannot be read', { cause: error })
  }
}
