import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TopologyHost } from '../../../shared/config/topology.ts'
import { backOff } from '../../../shared/net/back-off.ts'
import type { Session } from '../../../shared/net/session.ts'
import { closeOnAbort, repeat } from '../../../shared/net/upkeep.ts'
import type { Messages } from '../../../shared/wire/messages/index.ts'
import type { Administration } from '../administration.ts'
import { knownDevices } from '../handlers/list-devices.ts'
import { keepSecondary } from './connected.ts'
import { dialServer } from './dial-server.ts'

/** ms; assumed, as for the signal connection. */
const LONGEST_BACK_OFF = 30_000

/** Keeps the connection to another Server of the hierarchy: to the primary, or to a passive secondary. */
export class HierarchyLink {
  readonly #administration: Administration
  readonly #other: TopologyHost
  readonly #role: 'secondary-server' | 'primary-server'
  readonly #random: () => number
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>

  constructor(
    administration: Administration,
    other: TopologyHost,
    role: 'secondary-server' | 'primary-server',
    random: () => number,
  ) {
    this.#administration = administration
    this.#other = other
    this.#role = role
    this.#random = random
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    const { log } = this.#administration
    for (let failures = 0; !signal.aborted; ) {
      let reason: string
      try {
        const session = await this.#connect()
        failures = 0
        reason = await session.closed
      } catch (error) {
        reason = (error as Error).message
      }
      if (signal.aborted) return
      failures++
      const wait = backOff(failures, LONGEST_BACK_OFF, this.#random)
      log.warn({ server: this.#other.name, role: this.#role, reason, again: Math.round(wait) }, 'no hierarchy link')
      await sleep(wait, undefined, { signal }).catch(() => {})
    }
  }

  async #connect(): Promise<Session> {
    const { host, credentials, settings } = this.#administration
    const { signal } = this.#stopping
    const session = await dialServer(
      { host, server: this.#other, credentials, timeout: settings.connectTimeout, signal },
      { readTimeout: 2 * settings.signalKeepAlive, onMessage: () => {} },
    )
    closeOnAbort(session, signal)
    const exchange = () => void this.#exchange(session).catch(() => {})
    repeat(session, settings.signalKeepAlive, exchange)
    const hello = { type: 'hello', protocol: 1, role: this.#role, host: host.name } as const
    await session.greet({ ...hello, version: settings.kscVersion, nonce: randomUUID(), keep: true })
    if (this.#role === 'primary-server') keepSecondary(this.#administration, this.#other.name, session)
    exchange()
    return session
  }

  /** The secondary's devices become known to the primary, whichever of them dialled. */
  async #exchange(session: Session): Promise<void> {
    const { subordinate } = this.#administration
    const nonce = randomUUID()
    if (this.#role === 'secondary-server') {
      const devices = await knownDevices(this.#administration)
      await session.request<Messages['report-devices']>({ type: 'report-devices', nonce, devices })
    } else {
      const { devices } = await session.request<Messages['list-devices']>({ type: 'list-devices', nonce })
      subordinate.set(this.#other.name, devices)
    }
  }
}
