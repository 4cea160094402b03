/**
 * What a device and a push service say on the connection that the device keeps: one JSON object a line. Apple's and Google's own
 * protocols are theirs; this one is the lab's (docs/push.md, assumed).
 */
import * as v from 'valibot'

/** On 443, where HTTPS is spoken too. */
export const LINK_ALPN = 'ksc-lab-push'

/** Bytes: a payload of 4 KiB, escaped, and what stands around it. */
export const LONGEST_LINE = 32_768

const Topic = v.pipe(v.string(), v.minLength(1), v.maxLength(255))
const Topics = v.pipe(v.array(Topic), v.maxLength(32))
const Id = v.pipe(v.string(), v.minLength(1), v.maxLength(64))
const Span = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(86_400_000))

/** Device to service. */
const up = {
  /** First, within 10 s. `device` is the device's secret, by which it has its token again; `nonce`: prove the way by a push. */
  connect: v.object({
    type: v.literal('connect'),
    device: v.pipe(v.string(), v.regex(/^[\w-]{16,128}$/)),
    topics: Topics,
    nonce: v.optional(v.pipe(v.string(), v.minLength(8), v.maxLength(64))),
  }),
  /** The applications of the device from now on, all of them. */
  topics: v.object({ type: v.literal('topics'), topics: Topics }),
  /** An application was taken off the device: pushes for it are answered as unregistered. */
  unregister: v.object({ type: v.literal('unregister'), topic: Topic }),
  /** A push has come; without this it is kept and sent again. */
  received: v.object({ type: v.literal('received'), id: Id }),
  ping: v.object({ type: v.literal('ping') }),
  /** Both keep still for so many ms; then the service has the first word. */
  hold: v.object({ type: v.literal('hold'), span: Span, patience: Span }),
}
export type UpType = keyof typeof up
export type Up<Type extends UpType = UpType> = v.InferOutput<(typeof up)[Type]>

/** Service to device. */
const down = {
  connected: v.object({ type: v.literal('connected'), token: v.string(), keepAlive: v.number() }),
  push: v.object({ type: v.literal('push'), id: v.string(), topic: v.string(), payload: v.string() }),
  pong: v.object({ type: v.literal('pong') }),
  held: v.object({ type: v.literal('held') }),
  error: v.object({ type: v.literal('error'), code: v.string(), reason: v.string() }),
}
export type DownType = keyof typeof down
export type Down<Type extends DownType = DownType> = v.InferOutput<(typeof down)[Type]>

export const LINK_MESSAGES = { up, down } as const
