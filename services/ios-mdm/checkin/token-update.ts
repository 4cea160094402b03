import { read, TokenUpdate } from '../messages.ts'
import { isOpen } from '../queue.ts'
import { Refusal } from '../refusal.ts'
import { tiedDevice } from '../tied-device.ts'
import type { CheckInHandler } from './index.ts'

/** The last one counts. The first one ends the enrolment. */
export const tokenUpdate: CheckInHandler = ({ devices, topic, push, log }, { udid, message, identity }) => {
  const device = tiedDevice(devices, udid, identity)
  const { Topic, Token, PushMagic, UnlockToken, UserID } = read(TokenUpdate, 'TokenUpdate', message)
  if (Topic !== topic)
    throw new Refusal(400, 'topic', `Topic ${JSON.stringify(Topic)} is not this server's; it is ${topic}`)
  if (UserID !== undefined) {
    // A user's channel (macOS, shared iPad) has a token of its own, which must not take the place of the device's.
    log.info({ udid }, "a user's channel is not kept")
    return null
  }
  const kept = devices.keep({
    ...device,
    state: 'enrolled',
    push: { token: Buffer.from(Token).toString('base64'), magic: PushMagic },
    // iOS sends it with the first one only.
    unlockToken: UnlockToken ? Buffer.from(UnlockToken).toString('base64') : device.unlockToken,
  })
  if (kept.commands.some(isOpen)) push(kept)
  return null
}
