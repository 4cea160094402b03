import { isOpen } from '../queue.ts'
import { tiedDevice } from '../tied-device.ts'
import type { CheckInHandler } from './index.ts'

/** The profile was removed. The device's answer is not looked at, and it may come twice. */
export const checkOut: CheckInHandler = ({ devices }, { udid, identity }) => {
  if (devices.find(udid)?.state === 'left') return null
  const device = tiedDevice(devices, udid, identity)
  devices.keep({ ...device, state: 'left', push: null, commands: device.commands.filter(one => !isOpen(one)) })
  return null
}
