import type { PlistObject } from '../../../shared/mdm/plist-value.ts'
import { newDevice } from '../devices.ts'
import { Authenticate, read } from '../messages.ts'
import { Refusal } from '../refusal.ts'
import type { CheckInHandler } from './index.ts'

/** What a device may tell of itself here (Apple's `mdm/checkin/authenticate.yaml`). */
const FACTS = [
  'OSVersion',
  'BuildVersion',
  'ProductName',
  'SerialNumber',
  'IMEI',
  'MEID',
  'DeviceName',
  'Model',
  'ModelName',
]

/**
 * Ties the certificate to the device. A known device begins anew: no commands, no push until its TokenUpdate. With another
 * certificate than before it must be one that nobody has come with: a fresh profile was installed.
 */
export const authenticate: CheckInHandler = ({ devices, topic, log }, { udid, message, identity }) => {
  const { Topic } = read(Authenticate, 'Authenticate', message)
  if (Topic !== topic)
    throw new Refusal(400, 'topic', `Topic ${JSON.stringify(Topic)} is not this server's; it is ${topic}`)
  const { fingerprint } = identity
  const before = devices.find(udid)
  const holder = devices.tiedTo(fingerprint)
  if (holder !== undefined && holder !== udid)
    throw new Refusal(400, 'other-certificate', `the certificate ${fingerprint} is tied to another device`)
  if (before?.formerCertificates.includes(fingerprint))
    throw new Refusal(400, 'other-certificate', `the certificate ${fingerprint} was replaced by another one`)
  const device = newDevice(udid, fingerprint, factsIn(message))
  devices.forgetAnswers(udid)
  if (before && before.certificate !== fingerprint)
    log.warn(
      { udid, before: before.certificate, now: fingerprint },
      'a device is enrolled anew, with another certificate',
    )
  devices.keep({
    ...device,
    formerCertificates: [
      ...(before?.formerCertificates ?? []),
      ...(before && before.certificate !== fingerprint ? [before.certificate] : []),
    ],
  })
  return null
}

const factsIn = (message: PlistObject): Record<string, string> =>
  Object.fromEntries(
    FACTS.flatMap(key => {
      const value = message[key]
      return typeof value === 'string' ? [[key, value.slice(0, 255)]] : []
    }),
  )
