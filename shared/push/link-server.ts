/** The push service's end of the connections that devices keep: what comes for a device is brought to it, or waits for it. */
import type { Logger } from 'pino'
import { isNonce } from '../http/nonce.ts'
import type { Connection } from '../net/host.ts'
import { type Notice, PushDevices } from './devices.ts'
import { Lines } from './lines.ts'
import { type Down, LINK_MESSAGES, type Up } from './link-messages.ts'

/** ms until the first line (assumed). */
const CONNECT_WITHIN = 10_000

interface LinkServerParts {
  /** A folder of its own. */
  state: string
  newToken(): string
  /** What waits for a device that is away, with one more. */
  keep(pending: readonly Notice[], fresh: Notice): Notice[]
  /** What ends with an application that is taken off: Apple's token is the device's, Google's the application's. */
  unregisters: 'topic' | 'token'
  /** ms between a device's signs of life; two without one is a loss. */
  keepAlive: number
  log: Logger
}

/** `sent`: to a device that is there; whether it got it is known when it says so. */
export type Outcome = 'sent' | 'stored' | 'dropped'

interface Link {
  device: string
  send(message: Down): void
  /** Sent, and not yet said to have come. */
  unconfirmed: Map<string, Notice>
  connection: Connection
  end(code: string, reason: string): void
}

export class LinkServer {
  readonly #parts: LinkServerParts
  readonly #links = new Map<string, Link>()
  readonly #open = new Set<Connection>()
  readonly devices: PushDevices

  constructor(parts: LinkServerParts) {
    this.#parts = parts
    this.devices = new PushDevices(parts.state, parts.newToken, sentence => parts.log.warn(sentence))
  }

  /** Give this to `host.listen`. */
  readonly accept = (connection: Connection): void => {
    const { keepAlive } = this.#parts
    let link: Link | null = null
    let silence = setTimeout(
      () => refuse('no-connect', `nothing within ${CONNECT_WITHIN} ms; connect comes first`),
      CONNECT_WITHIN,
    )
    const alive = (patience: number) => {
      clearTimeout(silence)
      silence = setTimeout(() => connection.close(), patience)
    }
    const refuse = (code: string, reason: string) => {
      const error: Down<'error'> = { type: 'error', code, reason }
      lines.send(error)
      connection.close()
    }
    const lines: Lines<typeof LINK_MESSAGES.up> = new Lines({
      connection,
      schemas: LINK_MESSAGES.up,
      onMessage: message => {
        alive(2 * keepAlive)
        if (message.type === 'connect') {
          if (link) return refuse('connected', 'connect comes once, and first')
          link = this.#connected(message, connection, sent => lines.send(sent), refuse)
        } else if (!link) refuse('no-connect', `connect comes first, not ${message.type}`)
        else if (message.type === 'hold') {
          alive(message.span + 3 * message.patience)
          this.#hold(link, message)
        } else this.#take(link, message)
      },
      onRefused: refuse,
      onClosed: () => {
        clearTimeout(silence)
        this.#open.delete(connection)
        if (link) this.#gone(link)
      },
    })
    this.#open.add(connection)
  }

  /** Brings it, or keeps it until it expires. */
  push(token: string, notice: Notice): Outcome {
    const device = this.devices.byToken(token)
    if (!device) return 'dropped'
    const link = this.#links.get(device.device)
    if (link) {
      this.#send(link, notice)
      return 'sent'
    }
    if (notice.expires <= Date.now()) return 'dropped'
    this.devices.keep({ ...device, pending: this.#parts.keep(live(device.pending), notice) })
    return 'stored'
  }

  stop(): void {
    for (const connection of this.#open) connection.close()
    this.devices.flush()
  }

  #connected(
    { device, topics, nonce }: Up<'connect'>,
    connection: Connection,
    send: Link['send'],
    end: Link['end'],
  ): Link | null {
    if (isNonce(nonce)) connection.observe({ what: 'request-received', detail: { nonce } })
    const { keepAlive, log } = this.#parts
    const known = this.devices.connected(device, topics)
    if (!known) {
      end('full', 'no room for another device')
      return null
    }
    const { token, pending } = known
    const link: Link = { device, connection, send, end, unconfirmed: new Map() }
    const former = this.#links.get(device)
    this.#links.set(device, link)
    former?.end('replaced', 'the device has come by another connection')
    send({ type: 'connected', token, keepAlive })
    log.info({ token: token.slice(0, 12), topics }, 'a device has come')
    if (isNonce(nonce)) {
      send({ type: 'push', id: nonce, topic: '', payload: '{}' })
      connection.observe({ what: 'reply-sent', detail: { nonce } })
    }
    if (pending.length > 0) this.devices.keep({ ...known, pending: [] })
    for (const notice of live(pending)) this.#send(link, notice)
    return link
  }

  #take(link: Link, message: Exclude<Up, { type: 'connect' | 'hold' }>): void {
    const { type } = message
    const device = this.devices.find(link.device)
    if (type === 'ping') link.send({ type: 'pong' })
    else if (type === 'received') link.unconfirmed.delete(message.id)
    else if (type === 'topics') this.devices.connected(link.device, message.topics)
    else if (device && this.#parts.unregisters === 'topic') this.devices.unregister(device, message.topic)
    else if (device) {
      this.devices.retire(device)
      link.end('unregistered', 'the token is retired; connect again for another one')
    }
  }

  #hold({ connection, send }: Link, { span, patience }: Up<'hold'>): void {
    connection.observe({ what: 'holding', detail: { span, patience } })
    const timer = setTimeout(() => send({ type: 'held' }), span)
    const since = Date.now()
    connection.stream.once('data', () => connection.observe({ what: 'held', detail: { after: Date.now() - since } }))
    connection.stream.once('close', () => clearTimeout(timer))
  }

  #send(link: Link, notice: Notice): void {
    link.unconfirmed.set(notice.id, notice)
    link.send({ type: 'push', id: notice.id, topic: notice.topic, payload: notice.payload })
    link.connection.observe({ what: 'push-sent', detail: { id: notice.id, topic: notice.topic } })
  }

  /** What it did not say to have received waits for its next connection. */
  #gone(link: Link): void {
    if (this.#links.get(link.device) === link) this.#links.delete(link.device)
    const device = this.devices.find(link.device)
    const lost = live([...link.unconfirmed.values()])
    if (!device || lost.length === 0) return
    const current = this.#links.get(link.device)
    if (current) for (const notice of lost) this.#send(current, notice)
    else
      this.devices.keep({
        ...device,
        pending: lost.reduce((kept, notice) => this.#parts.keep(kept, notice), live(device.pending)),
      })
  }
}

const live = (pending: readonly Notice[]): Notice[] => pending.filter(({ expires }) => expires > Date.now())
