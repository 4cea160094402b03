import { printPlist } from '../../../shared/mdm/plist.ts'
import { tiedDevice } from '../tied-device.ts'
import type { CheckInHandler } from './index.ts'

/** A property list with the token, or nothing where none was set. */
export const getBootstrapToken: CheckInHandler = ({ devices }, { udid, identity }) => {
  const { bootstrapToken } = tiedDevice(devices, udid, identity)
  if (bootstrapToken === null) return null
  return {
    type: 'application/xml',
    body: printPlist({ BootstrapToken: new Uint8Array(Buffer.from(bootstrapToken, 'base64')) }),
  }
}
