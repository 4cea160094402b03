import type { Messages } from '../wire/messages/index.ts'
import type { Session } from './session.ts'

/** Ends a session in order when its owner stops, also where that was while it was being opened. */
export function closeOnAbort(session: Session, signal: AbortSignal): void {
  const stop = () => void session.close('stopping')
  signal.addEventListener('abort', stop)
  void session.closed.then(() => signal.removeEventListener('abort', stop))
  if (signal.aborted) stop()
}

/** Does something every so many ms until the session is over: by default it asks whether the other side still reads. */
export function repeat(session: Session, ms: number, act: () => unknown = () => ping(session)): void {
  const timer = setInterval(act, ms)
  void session.closed.then(() => clearInterval(timer))
}

/** Whoever waits for the answer is the session's own read timeout. */
const ping = (session: Session) => session.request<Messages['ping']>({ type: 'ping' }).catch(() => {})
