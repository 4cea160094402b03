/** What both ends of Apple's provider API know (developer.apple.com, "Sending notification requests to APNs"). */

/** The documented ways for providers, in the order in which they are tried. */
export const PROVIDER_PORTS = [443, 2197] as const
/** Devices: 5223, and 443 where that does not pass (support.apple.com, "Configure devices to work with APNs"). */
export const DEVICE_PORTS = [5223, 443] as const

/** Bytes. */
export const LONGEST_PAYLOAD = 4096
/** Token authentication: the team and the key of this lab's provider. */
export const TEAM = 'KSCLAB0001'
export const KEY_ID = 'KSCLABKEY1'

/** Reasons and their statuses ("Handling notification responses from APNs"). */
export const REASONS = {
  BadCollapseId: 400,
  BadDeviceToken: 400,
  BadExpirationDate: 400,
  BadMessageId: 400,
  BadPriority: 400,
  BadTopic: 400,
  DeviceTokenNotForTopic: 400,
  DuplicateHeaders: 400,
  InvalidPushType: 400,
  MissingDeviceToken: 400,
  MissingTopic: 400,
  PayloadEmpty: 400,
  TopicDisallowed: 400,
  BadCertificate: 403,
  BadCertificateEnvironment: 403,
  ExpiredProviderToken: 403,
  InvalidProviderToken: 403,
  MissingProviderToken: 403,
  UnrelatedKeyIdInToken: 403,
  BadPath: 404,
  MethodNotAllowed: 405,
  Unregistered: 410,
  PayloadTooLarge: 413,
  TooManyProviderTokenUpdates: 429,
  TooManyRequests: 429,
  InternalServerError: 500,
} as const
export type Reason = keyof typeof REASONS
