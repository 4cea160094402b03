/** The request's own headers, each as documented. */
import { randomUUID } from 'node:crypto'
import type { H2Request } from '../../shared/http/h2.ts'
import { ApnsRefusal } from './refusal.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const TOPIC = /^[A-Za-z0-9][A-Za-z0-9.-]{0,254}$/
const PUSH_TYPES = new Set(
  'alert background complication controls fileprovider liveactivity location mdm pushtotalk voip widgets'.split(' '),
)
const SINGLE = [
  'apns-id',
  'apns-topic',
  'apns-push-type',
  'apns-expiration',
  'apns-priority',
  'apns-collapse-id',
  'authorization',
]
/** ms; APNs keeps a notification for up to 30 days. */
const LONGEST_KEPT = 30 * 86_400_000

export interface ApnsHeaders {
  id: string
  topic: string | null
  pushType: string | null
  /** ms since the epoch; 0: try once. */
  expires: number
}

/** As given, where it is one; it stands in every answer. */
export function idOf({ headers }: H2Request): string {
  const given = headers['apns-id']
  return typeof given === 'string' && UUID.test(given) ? given : randomUUID().toUpperCase()
}

export function readHeaders(request: H2Request, id: string, now = Date.now()): ApnsHeaders {
  const { headers, duplicates } = request
  if (SINGLE.some(name => duplicates.includes(name))) throw new ApnsRefusal('DuplicateHeaders')
  const given = (name: string): string | null => {
    const value = headers[name]
    return typeof value === 'string' && value !== '' ? value : null
  }
  const [messageId, topic, pushType] = [given('apns-id'), given('apns-topic'), given('apns-push-type')]
  if (messageId !== null && messageId !== id) throw new ApnsRefusal('BadMessageId')
  if (topic !== null && !TOPIC.test(topic)) throw new ApnsRefusal('BadTopic')
  if (pushType !== null && !PUSH_TYPES.has(pushType)) throw new ApnsRefusal('InvalidPushType')
  const expiration = given('apns-expiration')
  if (expiration !== null && !/^\d{1,15}$/.test(expiration)) throw new ApnsRefusal('BadExpirationDate')
  const priority = given('apns-priority')
  if (priority !== null && !['1', '5', '10'].includes(priority)) throw new ApnsRefusal('BadPriority')
  if (Buffer.byteLength(given('apns-collapse-id') ?? '') > 64) throw new ApnsRefusal('BadCollapseId')
  const latest = now + LONGEST_KEPT
  const expires = expiration === null ? latest : Math.min(Number(expiration) * 1_000, latest)
  return { id, topic, pushType, expires }
}
