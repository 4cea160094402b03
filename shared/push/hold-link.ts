import { now } from '../journal/clock.ts'
import { NetError, TimeoutError } from '../net/errors.ts'
import type { Link } from './link-client.ts'

/** Resolves with `what`. @throws NetError `CLOSED` with what the link ends with, or a TimeoutError */
export async function inTime(what: Promise<void>, link: Link, wait: { timeout: number; what: string }): Promise<void> {
  const limit = Promise.withResolvers<never>()
  const timer = setTimeout(() => limit.reject(new TimeoutError(wait.what, wait.timeout)), wait.timeout)
  const ended = link.closed.then(reason => {
    throw new NetError('CLOSED', `${wait.what}: ${reason}`)
  })
  ended.catch(() => {})
  try {
    await Promise.race([what, limit.promise, ended])
  } finally {
    clearTimeout(timer)
  }
}

/** Both ends keep still for the span; then the service has the first word, and the device's own is answered (all in ms). */
export async function holdLink(
  link: Link,
  { word, answer }: { word: Promise<void>; answer: Promise<void> },
  span: number,
  patience: number,
): Promise<void> {
  const whole = Math.ceil(patience)
  link.send({ type: 'hold', span, patience: whole })
  link.connection.observe({ what: 'holding', detail: { span, patience: whole } })
  const begun = now()
  const heard = word.then(() => link.connection.observe({ what: 'held', detail: { after: now() - begun } }))
  try {
    await inTime(heard, link, { timeout: span + patience, what: 'the word of the push service' })
    link.send({ type: 'ping' })
    await inTime(answer, link, { timeout: patience, what: 'the answer to the word of the device' })
  } catch (error) {
    throw new NetError(
      'IDLE_CUT',
      `the connection did not live through ${span} ms without a byte: ${(error as Error).message}`,
    )
  }
}
