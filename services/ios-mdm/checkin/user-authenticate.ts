import { Refusal } from '../refusal.ts'
import { tiedDevice } from '../tied-device.ts'
import type { CheckInHandler } from './index.ts'

/** 410 declines the user (macOS): the device itself stays managed. */
export const userAuthenticate: CheckInHandler = ({ devices }, { udid, identity }) => {
  tiedDevice(devices, udid, identity)
  throw new Refusal(410, 'user', 'users are not managed here, only devices')
}
