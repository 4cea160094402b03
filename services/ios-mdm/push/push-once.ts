import type { Logger } from 'pino'
import type { SendPush } from '../../../shared/mdm/protocol.ts'
import type { Devices } from '../devices.ts'
import { ApnsAnswer } from './apns.ts'

interface Parts {
  send: SendPush
  devices: Devices
  topic: string
  log: Logger
}

/** One push for a device that can have one; what comes of it is said in the log. */
export const pushOnce =
  ({ send, devices, topic, log }: Parts) =>
  async (udid: string): Promise<'over' | 'later'> => {
    const device = devices.find(udid)
    if (device?.state !== 'enrolled' || device.push === null) return 'over'
    const { token, magic } = device.push
    try {
      await send({ udid, token: Buffer.from(token, 'base64'), magic, topic })
      log.info({ udid }, 'a push was taken')
      return 'over'
    } catch (error) {
      log.warn({ udid, reason: (error as Error).message }, 'a push was not taken; the device comes when it comes')
      if (!(error instanceof ApnsAnswer)) return 'later'
      const now = devices.find(udid)
      // The token is nobody's any more: the next TokenUpdate brings another.
      if (error.status === 410 && now?.push?.token === token) devices.keep({ ...now, push: null })
      // "Don't retry" but where APNs itself is in trouble or wants a pause.
      return error.status >= 500 || error.status === 429 ? 'later' : 'over'
    }
  }
