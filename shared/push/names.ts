/**
 * DNS names of Apple's and Google's push services, by which the stand-ins may be asked for inside the lab's own networks; their
 * certificates, by the lab's internet authority, hold them. Nothing of the lab asks for them by itself, so that nothing can come
 * to the real ones.
 */
/** developer.apple.com, "Sending notification requests to APNs"; support.apple.com, "Configure devices to work with APNs". */
export const APPLE_NAMES: readonly string[] = [
  'api.push.apple.com',
  'api.sandbox.push.apple.com',
  'courier.push.apple.com',
  '1-courier.push.apple.com',
]

/** KSC Linux 15.1, page 274869; firebase.google.com, "FCM ports and your firewall". */
export const GOOGLE_NAMES: readonly string[] = [
  'fcm.googleapis.com',
  'oauth2.googleapis.com',
  'mtalk.google.com',
  'android.apis.google.com',
]
