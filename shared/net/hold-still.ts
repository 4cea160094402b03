import { setTimeout as sleep } from 'node:timers/promises'
import type { ExerciseTask } from '../service.ts'
import type { Messages } from '../wire/messages/index.ts'
import { NetError } from './errors.ts'
import type { Handler } from './serve-sessions.ts'
import type { Session } from './session.ts'
import { closeOnAbort } from './upkeep.ts'

type Task = Pick<ExerciseTask, 'nonce' | 'timeout' | 'signal' | 'idle'>

/** What a session rejects with once its connection is gone, or nothing is heard on it. */
const GONE = new Set(['CLOSED', 'TIMEOUT', 'NOT_OPEN'])

/**
 * Initiator, where an exercise is to hold its connection: both ends keep still for the span, then each says something. The
 * responder first: such a connection is kept for its words, and a firewall may open a way again for those of the initiator.
 */
export async function holdStill(session: Session, { nonce, timeout, signal, idle = 0 }: Task): Promise<void> {
  if (idle === 0) return
  closeOnAbort(session, signal)
  session.holdStill(idle, timeout)
  const word = session.request<Messages['hold']>({ type: 'hold', nonce, span: idle, patience: Math.ceil(timeout) })
  try {
    const inTime = await within(word, idle + timeout)
    const answered = await within(session.request<Messages['ping']>({ type: 'ping', nonce }), timeout)
    if (inTime && answered) return
  } catch (error) {
    const { code, message } = error as NetError
    if (!GONE.has(code)) throw error
    throw new NetError('IDLE_CUT', `the connection did not live through ${idle} ms without a byte: ${message}`)
  }
  throw new NetError(
    'IDLE_CUT',
    `the connection did not live through ${idle} ms without a byte: not every word after it came through`,
  )
}

async function within(what: Promise<unknown>, ms: number): Promise<boolean> {
  const stop = new AbortController()
  const late = sleep(ms, false, { signal: stop.signal }).catch(() => false)
  try {
    return await Promise.race([what.then(() => true), late])
  } finally {
    stop.abort()
    what.catch(() => {})
  }
}

/** Responder: keeps still for the span that the initiator names, and then has the first word. */
export const answerHold: Handler<unknown, 'hold'> = (_context, { id, nonce, span, patience }, session) => {
  session.holdStill(span, patience)
  // The handler returns at once: whoever does not read sees no end either.
  const timer = setTimeout(() => session.send({ type: 'held', id, nonce }), span)
  void session.closed.then(() => clearTimeout(timer))
  return undefined
}
