import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { dnsName, type TopologyHost } from '../../../shared/config/topology.ts'
import { backOff } from '../../../shared/net/back-off.ts'
import { Session } from '../../../shared/net/session.ts'
import { closeOnAbort, repeat } from '../../../shared/net/upkeep.ts'
import type { Agent } from '../agent.ts'
import type { Collector } from './multicast/collector.ts'
import { pointTrust } from './trust.ts'

/** ms; assumed. Without the connection nothing is lost but time: the device synchronises by its interval all the same. */
const LONGEST_BACK_OFF = 30_000

interface PushLinkParts {
  agent: Agent
  /** The distribution point of this device's zone. */
  point: TopologyHost
  /** Contact the Server now, because of the call with this nonce. */
  called: (nonce: string) => void
  /** Takes what is said of packages by multicast. */
  collector: Collector | null
  random: () => number
  log: Logger
}

/** A device's connection to the push server of its zone, kept and made anew. */
export class PushLink {
  readonly #parts: PushLinkParts
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>

  constructor(parts: PushLinkParts) {
    this.#parts = parts
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    const { point, random, log } = this.#parts
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
      const wait = backOff(failures, LONGEST_BACK_OFF, random)
      log.info({ point: point.name, reason, again: Math.round(wait) }, 'no connection to the push server')
      await sleep(wait, undefined, { signal }).catch(() => {})
    }
  }

  async #connect(): Promise<Session> {
    const { agent, point, called, collector } = this.#parts
    const { connectTimeout: timeout, signalKeepAlive } = agent.settings
    const { signal } = this.#stopping
    const connection = await agent.host.dial(
      { host: point.name, port: 13295 },
      { tls: pointTrust(agent.memory, dnsName(point)), timeout, signal },
    )
    const session: Session = new Session(connection, {
      readTimeout: 2 * signalKeepAlive,
      onMessage: message => {
        if (message.type === 'call') called(message.nonce)
        else collector?.hear(message, session)
      },
    })
    closeOnAbort(session, signal)
    repeat(session, signalKeepAlive)
    await session.greet({ ...agent.hello('push-client', randomUUID()), keep: true })
    return session
  }
}
