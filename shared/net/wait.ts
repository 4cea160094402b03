import type { EventEmitter } from 'node:events'
import { NetError, TimeoutError } from './errors.ts'

/**
 * The first of `good` or an error, a time-out or an abort; every listener and timer is gone afterwards.
 * `events.once` knows no time-out that can be told from an abort, and the two are different verdicts.
 */
export function firstOf(
  emitter: EventEmitter,
  good: string,
  { timeout, what, signal }: { timeout: number; what: string; signal?: AbortSignal | undefined },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(() => reject(new TimeoutError(what, timeout))), timeout)
    const settle = (finish: () => void) => {
      clearTimeout(timer)
      emitter.off(good, onGood)
      emitter.off('error', onError)
      signal?.removeEventListener('abort', onAbort)
      finish()
    }
    const onGood = () => settle(resolve)
    const onError = (error: Error) => settle(() => reject(error))
    const onAbort = () => settle(() => reject(new NetError('ABORTED', `${what}: stopped`, { cause: signal?.reason })))
    emitter.on(good, onGood)
    emitter.on('error', onError)
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort)
  })
}
