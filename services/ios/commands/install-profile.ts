import { verify } from '../../../shared/mdm/cms.ts'
import { readDictionary } from '../../../shared/mdm/plist.ts'
import type { Command } from './index.ts'

/** Remembers the profile's identifier; its payloads do nothing. */
export const installProfile: Command = async ({ Payload }, { memory }) => {
  if (!(Payload instanceof Uint8Array)) throw new Error('Payload is missing')
  // DER begins with a sequence, XML never does.
  const content = Payload[0] === 0x30 ? (await verify(Payload)).content : Payload
  const { PayloadIdentifier } = readDictionary(content)
  if (typeof PayloadIdentifier !== 'string') throw new Error('the profile has no PayloadIdentifier')
  memory.change({ profiles: [...new Set([...memory.now.profiles, PayloadIdentifier])] })
  return {}
}
