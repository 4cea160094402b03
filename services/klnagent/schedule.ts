import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { backOff } from '../../shared/net/back-off.ts'
import type { Session } from '../../shared/net/session.ts'
import { repeat } from '../../shared/net/upkeep.ts'
import type { Agent } from './agent.ts'

/** ms; assumed. */
const LONGEST_BACK_OFF = 60_000
/** A kept connection is pinged this often (assumed), or a third of the read timeout where that is shorter. */
const KEEP_ALIVE = 60_000
const LOST = 'the connection that was kept has ended'

/**
 * When an agent contacts its Server: at start, every interval, at once when it has events or is woken, and after a
 * failure by back-off. One contact at a time; what is asked for meanwhile is one more contact afterwards.
 */
export class Schedule {
  readonly #agent: Agent
  readonly #random: () => number
  readonly #log: Logger
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | null = null
  /** What was asked for during a contact: nonces of wake-ups, or just one more. */
  readonly #asked = new Set<string | undefined>()
  #failures = 0
  #kept: Session | null = null
  #stopped = false

  constructor(agent: Agent, random: () => number, log: Logger) {
    this.#agent = agent
    this.#random = random
    this.#log = log
  }

  /** Contact now. @param wokenBy nonce of the wake-up that asks for it */
  now(wokenBy?: string): void {
    if (this.#stopped) return
    clearTimeout(this.#timer)
    if (this.#running) {
      this.#asked.add(wokenBy)
      return
    }
    this.#running = this.#contact(wokenBy).finally(() => {
      this.#running = null
      const [next] = this.#asked
      if (this.#asked.delete(next)) this.now(next)
    })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#agent.stop()
    await this.#running
  }

  async #contact(wokenBy: string | undefined): Promise<void> {
    const kept = this.#kept
    try {
      if (kept && wokenBy === undefined) await this.#agent.exchange(kept, randomUUID())
      else {
        const session = await this.#agent.contact({
          nonce: randomUUID(),
          keep: this.#agent.keeps && !kept,
          ...(wokenBy === undefined ? {} : { wokenBy }),
        })
        if (session) this.#keep(session)
      }
      if ((kept ?? this.#kept)?.open === false) throw new Error(LOST)
      this.#failures = 0
      this.#next(this.#agent.syncInterval)
    } catch (error) {
      this.#failed((error as Error).message)
    }
  }

  #keep(session: Session): void {
    this.#kept = session
    const every = Math.min(KEEP_ALIVE, this.#agent.settings.readTimeout / 3)
    repeat(session, every)
    void session.closed.then(() => {
      this.#kept = null
      // Else the contact under way finds it out.
      if (!this.#running) this.#failed(LOST)
    })
  }

  #failed(reason: string): void {
    if (this.#stopped) return
    this.#failures++
    const wait = Math.min(backOff(this.#failures, LONGEST_BACK_OFF, this.#random), this.#agent.syncInterval)
    this.#log.warn(
      { reason, failures: this.#failures, again: Math.round(wait) },
      'no contact with the Administration Server',
    )
    this.#next(wait)
  }

  #next(ms: number): void {
    clearTimeout(this.#timer)
    if (!this.#stopped) this.#timer = setTimeout(() => this.now(), ms)
  }
}
