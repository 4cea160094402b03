/** Words of Apple's MDM protocol (developer.apple.com/documentation/devicemanagement) that both ends of it use. */

/** Check-in messages; reports have `application/x-apple-aspen-mdm`, and none at all from iOS 18. */
export const CHECKIN_TYPE = 'application/x-apple-aspen-mdm-checkin'
export const PROFILE_TYPE = 'application/x-apple-aspen-config'

/** A detached CMS signature over the raw body, where the profile has SignMessage. */
export const SIGNATURE_HEADER = 'mdm-signature'

export const STATUSES = ['Idle', 'Acknowledged', 'Error', 'CommandFormatError', 'NotNow'] as const
export type Status = (typeof STATUSES)[number]

/** With 403: the device leaves the management, as 401 made it do before iOS 17. */
export const UNRECOGNIZED = { code: 'com.apple.unrecognized.device' } as const

/** What a push says, and to whom. The token is whatever bytes the device was given: no length is promised. */
export interface PushNotice {
  udid: string
  token: Uint8Array
  /** PushMagic of the last TokenUpdate. */
  magic: string
  /** UID in the subject of the push certificate. */
  topic: string
}

/** Asks for one push. Resolves when the push service has taken it; rejects with the reason where it has not. */
export type SendPush = (notice: PushNotice) => Promise<void>
