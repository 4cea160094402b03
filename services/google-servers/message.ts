/** A message of the HTTP v1 API, as far as it matters on the way to an Android device. */
import * as v from 'valibot'
import { LONGEST_DATA } from '../../shared/push/google.ts'
import { explain } from '../../shared/wire/explain.ts'
import { GoogleFault } from './fault.ts'

/** s: four weeks, the default and the most. */
const LONGEST_TTL = 2_419_200
/** Keys that are FCM's own. */
const RESERVED = /^(from|message_type|collapse_key|google\..*|gcm\..*|google|gcm)$/

const Send = v.object({
  validate_only: v.optional(v.boolean()),
  message: v.object({
    token: v.optional(v.string()),
    topic: v.optional(v.string()),
    condition: v.optional(v.string()),
    data: v.optional(v.record(v.string(), v.string())),
    notification: v.optional(v.looseObject({})),
    android: v.optional(
      v.looseObject({
        collapse_key: v.optional(v.string()),
        priority: v.optional(v.picklist(['normal', 'high', 'NORMAL', 'HIGH'])),
        ttl: v.optional(v.pipe(v.string(), v.regex(/^\d{1,10}(\.\d{1,9})?s$/))),
      }),
    ),
  }),
})

export interface FcmMessage {
  token: string
  /** JSON of the data. */
  payload: string
  collapse: string | null
  /** ms for which it is kept; 0: now or never. */
  life: number
  validateOnly: boolean
}

/** @throws GoogleFault INVALID_ARGUMENT */
export function readMessage(body: unknown): FcmMessage {
  const invalid = (sentence: string) => new GoogleFault('INVALID_ARGUMENT', sentence)
  const { issues, output } = v.safeParse(Send, body, { abortEarly: true })
  if (issues) throw invalid(`Invalid JSON payload received. ${explain('body', issues)}`)
  const { message, validate_only: validateOnly = false } = output
  const { token, topic, condition, data = {}, android } = message
  if ([token, topic, condition].filter(target => target !== undefined).length !== 1)
    throw invalid('Exactly one of token, topic or condition is required')
  if (token === undefined) throw invalid("The lab's stand-in has no topics; message.token is expected")
  const reserved = Object.keys(data).find(key => RESERVED.test(key))
  if (reserved !== undefined) throw invalid(`Invalid data payload key: ${reserved}`)
  const payload = JSON.stringify(data)
  if (Buffer.byteLength(payload) + Buffer.byteLength(JSON.stringify(message.notification ?? '')) > LONGEST_DATA)
    throw invalid(`Android message is too big: at most ${LONGEST_DATA} bytes`)
  const ttl = Number(android?.ttl?.slice(0, -1) ?? LONGEST_TTL)
  if (ttl > LONGEST_TTL) throw invalid(`Invalid time to live: at most ${LONGEST_TTL}s`)
  if (!isToken(token)) throw invalid('The registration token is not a valid FCM registration token')
  return { token, payload, collapse: android?.collapse_key ?? null, life: ttl * 1_000, validateOnly }
}

const isToken = (token: string): boolean => /^[\w-]{22}:APA91b[\w-]{100,200}$/.test(token)
