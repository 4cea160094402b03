import type { Reason } from '../../shared/push/apple.ts'

/** An answer that is not 200. `since`: of Unregistered, ms since the epoch. */
export class ApnsRefusal extends Error {
  override name = 'ApnsRefusal'
  readonly reason: Reason
  readonly since: number | undefined

  constructor(reason: Reason, since?: number) {
    super(reason)
    this.reason = reason
    this.since = since
  }
}
