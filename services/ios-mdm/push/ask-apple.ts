import type { Exercise } from '../../../shared/service.ts'
import type { Devices } from '../devices.ts'
import { type Apns, ApnsAnswer, checkAnswer, requestFor } from './apns.ts'

/** What Apple answers of a token that it does not know, or not any more: the way is as it should be. */
const OF_THE_TOKEN = new Set(['BadDeviceToken', 'DeviceTokenNotForTopic', 'Unregistered'])

/** Arrow 12: a push for an enrolled device, with the nonce as its apns-id; where there is none yet, for a token that nobody has. */
export const askApple =
  (apns: Apns, devices: Devices, topic: string): Exercise =>
  async (host, { to, servername, timeout, signal, nonce }) => {
    const client = await apns.open({ host, port: to.port, servername, timeout, signal })
    try {
      const push = devices.all().find(({ state, push }) => state === 'enrolled' && push !== null)?.push
      const token = push ? Buffer.from(push.token, 'base64') : Buffer.alloc(32)
      const request = requestFor({ token, topic, magic: push?.magic ?? 'nobody' }, nonce, timeout)
      try {
        checkAnswer(await client.request({ ...request, nonce }))
      } catch (error) {
        if (!(error instanceof ApnsAnswer && OF_THE_TOKEN.has(error.reason))) throw error
      }
    } finally {
      client.close()
    }
  }
