import { read, SetBootstrapToken } from '../messages.ts'
import { tiedDevice } from '../tied-device.ts'
import type { CheckInHandler } from './index.ts'

/** Without a token it takes back what was set. */
export const setBootstrapToken: CheckInHandler = ({ devices }, { udid, message, identity }) => {
  const device = tiedDevice(devices, udid, identity)
  const { BootstrapToken } = read(SetBootstrapToken, 'SetBootstrapToken', message)
  const given = BootstrapToken && BootstrapToken.length > 0
  devices.keep({ ...device, bootstrapToken: given ? Buffer.from(BootstrapToken).toString('base64') : null })
  return null
}
