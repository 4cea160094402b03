import { UNRECOGNIZED } from '../../shared/mdm/protocol.ts'
import type { Device, Devices } from './devices.ts'
import type { Identity } from './identify.ts'
import { Refusal } from './refusal.ts'

/**
 * The enrolled device that a message is from. @throws Refusal 403 with Apple's code for a device that is not enrolled, which
 * makes it leave; 400 for one that comes with another certificate than its own
 */
export function tiedDevice(devices: Devices, udid: string, { fingerprint }: Identity): Device {
  const device = devices.find(udid)
  if (!device || device.state === 'left')
    throw new Refusal(403, 'unrecognized-device', `${udid} is not enrolled`, UNRECOGNIZED)
  if (device.certificate !== fingerprint)
    throw new Refusal(
      400,
      'other-certificate',
      `${udid} was enrolled with the certificate ${device.certificate}; this message came with ${fingerprint}`,
    )
  return device
}
