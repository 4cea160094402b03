/** A device's connection to its push service: kept, opened again when it is lost, and proved by an exercise. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { backOff } from '../net/back-off.ts'
import type { Host } from '../net/host.ts'
import type { ExerciseTask } from '../service.ts'
import { holdLink, inTime } from './hold-link.ts'
import { type Line, type Link, type LinkAddress, openLink } from './link-client.ts'
import type { Down } from './link-messages.ts'

/** ms, at most between two tries (assumed). */
const LONGEST_PAUSE = 60_000
/** Of the pushes that have come; one that comes twice is one. */
const REMEMBERED = 64

interface PushLinkParts {
  address: Omit<LinkAddress, 'signal'>
  /** The device's secret. */
  device: string
  /** Applications of now. */
  topics: () => readonly string[]
  onPush(push: Down<'push'>): void
  onToken(token: string): void
  log: Logger
  random: () => number
}

export class PushLink {
  readonly #parts: PushLinkParts
  readonly #seen: string[] = []
  readonly #stop = new AbortController()
  #background: { over: Promise<void>; stop: AbortController } | null = null
  #link: Link | null = null
  #exercising = 0

  constructor(parts: PushLinkParts) {
    this.#parts = parts
  }

  start(): void {
    if (this.#background || this.#stop.signal.aborted || this.#exercising > 0) return
    const stop = new AbortController()
    this.#background = { over: this.#keep(stop.signal), stop }
  }

  /** There are other applications on the device now. */
  topicsChanged(): void {
    this.#link?.send({ type: 'topics', topics: [...this.#parts.topics()] })
  }

  unregister(topic: string): void {
    this.#link?.send({ type: 'unregister', topic })
  }

  /** Another connection than the kept one, with a nonce: the service answers by a push that carries it. */
  async exercise(host: Host, { nonce, timeout, signal, idle = 0, servername, to }: ExerciseTask): Promise<void> {
    this.#exercising++
    await this.#drop()
    try {
      const { address, device, topics } = this.#parts
      const ports = [to.port, ...address.ports.filter(port => port !== to.port)]
      const came = Promise.withResolvers<void>()
      const way = { ...address, host, to: to.host, ports, servername, timeout, signal }
      const [word, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const link = await openLink(way, { device, topics: [...topics()], nonce }, (message, line) => {
        if (message.type === 'push' && message.id === nonce) {
          line.connection.observe({ what: 'reply-received', detail: { nonce } })
          came.resolve()
        } else if (message.type === 'held') word.resolve()
        else if (message.type === 'pong') answer.resolve()
        else this.#heard(message, line)
      })
      try {
        this.#parts.onToken(link.token)
        await inTime(came.promise, link, { timeout, what: 'the push of this exercise' })
        if (idle > 0) await holdLink(link, { word: word.promise, answer: answer.promise }, idle, timeout)
      } finally {
        link.close()
        await link.closed
      }
    } finally {
      this.#exercising--
      this.start()
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#drop()
  }

  async #drop(): Promise<void> {
    const { over, stop } = this.#background ?? {}
    stop?.abort()
    await over
    this.#background = null
  }

  async #keep(signal: AbortSignal): Promise<void> {
    const { address, device, topics, log, random } = this.#parts
    for (let failures = 0; !signal.aborted; ) {
      try {
        const link = await openLink({ ...address, signal }, { device, topics: [...topics()] }, (message, line) =>
          this.#heard(message, line),
        )
        this.#link = link
        failures = 0
        if (link.port !== address.ports[0])
          log.warn({ port: link.port }, `the push service answers by ${link.port}; ${address.ports[0]} does not pass`)
        this.#parts.onToken(link.token)
        const alive = setInterval(() => link.send({ type: 'ping' }), link.keepAlive)
        const reason = await link.closed
        clearInterval(alive)
        this.#link = null
        if (!signal.aborted) log.info({ reason }, 'the connection to the push service is lost')
      } catch (error) {
        if (!signal.aborted) log.info({ reason: (error as Error).message }, 'the push service was not reached')
      }
      await sleep(backOff(++failures, LONGEST_PAUSE, random), null, { signal }).catch(() => {})
    }
  }

  #heard(message: Exclude<Down, { type: 'connected' }>, { connection, send }: Line): void {
    if (message.type !== 'push') return
    const { id, topic } = message
    send({ type: 'received', id })
    connection.observe({ what: 'push-received', detail: { id, topic } })
    if (this.#seen.includes(id)) return
    this.#seen.push(id)
    if (this.#seen.length > REMEMBERED) this.#seen.shift()
    this.#parts.onPush(message)
  }
}
