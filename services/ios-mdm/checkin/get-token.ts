import { Refusal } from '../refusal.ts'
import { tiedDevice } from '../tied-device.ts'
import type { CheckInHandler } from './index.ts'

/** The profile does not offer the capability `com.apple.mdm.token`; an unknown service is answered 400. */
export const getToken: CheckInHandler = ({ devices }, { udid, message, identity }) => {
  tiedDevice(devices, udid, identity)
  throw new Refusal(
    400,
    'token-service',
    `no token for the service ${JSON.stringify(message.TokenServiceType ?? null)}`,
  )
}
