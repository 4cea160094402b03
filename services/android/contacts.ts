import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { backOff } from '../../shared/net/back-off.ts'
import type { Phone } from './phone.ts'

/** ms; assumed. */
const LONGEST_BACK_OFF = 60_000

/** When a phone contacts its Server: at start, every interval, when it is called by push, and after a failure by back-off. */
export class Contacts {
  readonly #phone: Phone
  readonly #random: () => number
  readonly #log: Logger
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>
  #called = Promise.withResolvers<void>()

  constructor(phone: Phone, random: () => number, log: Logger) {
    this.#phone = phone
    this.#random = random
    this.#log = log
    this.#running = this.#run()
  }

  /** A push has come: contact now, or once more after the one under way. */
  wake(): void {
    this.#called.resolve()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    for (let failures = 0; !signal.aborted; ) {
      this.#called = Promise.withResolvers<void>()
      let wait = 0
      try {
        await this.#phone.contact({ nonce: randomUUID(), signal })
        failures = 0
        wait = this.#phone.syncInterval
      } catch (error) {
        if (signal.aborted) return
        failures++
        wait = Math.min(backOff(failures, LONGEST_BACK_OFF, this.#random), this.#phone.syncInterval)
        const reason = (error as Error).message
        this.#log.warn({ reason, failures, again: Math.round(wait) }, 'no contact with the Administration Server')
      }
      const over = new AbortController()
      const pause = sleep(wait, undefined, { signal: AbortSignal.any([signal, over.signal]) }).catch(() => {})
      await Promise.race([pause, this.#called.promise])
      over.abort()
    }
  }
}
