import { randomUUID, X509Certificate } from 'node:crypto'
import type { Logger } from 'pino'
import { dnsName, type GatewayMode, isDistributionPoint, type TopologyHost } from '../../shared/config/topology.ts'
import { NetError } from '../../shared/net/errors.ts'
import type { Connection, Host, TlsClientOptions } from '../../shared/net/host.ts'
import { Session } from '../../shared/net/session.ts'
import type { ServiceSettings } from '../../shared/service.ts'
import { pinned, trustOnFirstUse } from '../../shared/tls/rules.ts'
import type { SessionRole } from '../../shared/wire/messages/hello.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'
import { installedApplications, operatingSystem } from './applications.ts'
import type { AgentMemory, PendingEvent } from './memory.ts'

export interface AgentParts {
  host: Host
  self: TopologyHost
  server: TopologyHost
  /** Whom it dials for it where no gateway is set: the Server, or the reverse proxy before it. */
  publishedBy: TopologyHost
  memory: AgentMemory
  settings: ServiceSettings
  log: Logger
}

export interface Contact {
  nonce: string
  /** Nonce of the wake-up that this contact answers. */
  wokenBy?: string
  /** 13000 with TLS, or the legacy 14000 without. */
  port?: 13000 | 14000
  /** Ask to stay connected. */
  keep?: boolean
  timeout?: number
}

/** A Server's word is taken up to what an administrator may set (`KSC_LAB_SYNC_INTERVAL`): a day. */
const LONGEST_INTERVAL = 86_400_000

/** One Network Agent: how it speaks to its Administration Server. When it does so is `schedule.ts`. */
export class Agent {
  readonly host: Host
  /** Its Administration Server. */
  readonly server: string
  /** The host that it dials for it: the Server itself, a reverse proxy, or a connection gateway. */
  readonly way: string
  /** The same without the gateway. */
  readonly published: string
  readonly #servername: string
  readonly #gateway: GatewayMode | undefined
  readonly #keeps: boolean
  readonly memory: AgentMemory
  /** What the Server asks of a push server on the connection that the two keep; set by the distribution point. */
  onPush: (message: Messages['push']) => void = () => {}
  /** What it asks of a device on its continuous connection. */
  onTunnel: (message: Messages['tunnel'], session: Session) => void = () => {}
  readonly settings: ServiceSettings
  readonly #log: Logger
  readonly #open = new Set<Session>()
  readonly #stopping = new AbortController()
  #syncInterval: number

  constructor(parts: AgentParts) {
    this.host = parts.host
    this.server = parts.server.name
    // A gateway in a DMZ dials nobody: its own agent comes in by its own door.
    this.way = parts.self.gateway === 'dmz' ? parts.self.name : (parts.self.through ?? parts.publishedBy.name)
    this.published = parts.publishedBy.name
    this.#servername = dnsName(parts.publishedBy)
    this.#gateway = parts.self.gateway
    const { self } = parts
    this.#keeps = self.keepConnection === true || (isDistributionPoint(self) && self.gateway !== 'dmz')
    this.memory = parts.memory
    this.settings = parts.settings
    this.#log = parts.log
    this.#syncInterval = parts.settings.syncInterval
  }

  /** ms between full synchronisations: as set on this device, until the Server names another time. */
  get syncInterval(): number {
    return this.#syncInterval
  }

  /**
   * "Do not disconnect": set for every device of the lab, or for this one in its topology, and always for a gateway in a segment (KSCAPI a00181) and for a push
   * server (topic 219573). A gateway in a DMZ has the signal connection.
   */
  get keeps(): boolean {
    return this.settings.doNotDisconnect || this.#keeps
  }

  /** The pin rule of help topic 3321: a copy is taken at first contact and compared at every later one. */
  get trust(): TlsClientOptions {
    const learn = (raw: Uint8Array) => {
      this.memory.trust(new X509Certificate(raw))
      this.#log.info({ pins: this.memory.pins }, 'first contact: the Server certificate is stored')
    }
    return {
      rule: trustOnFirstUse(
        () => this.memory.pins,
        seen => learn(seen.raw),
      ),
    }
  }

  /**
   * For other processes of the Server, and for exercises, which may lead through somebody else's box: compared with the
   * copy where there is one, never learnt from.
   */
  get trustWithoutLearning(): TlsClientOptions {
    const compare = pinned(() => this.memory.pins)
    return { rule: seen => (this.memory.pins.length === 0 ? null : compare(seen)) }
  }

  /** A session with the Server, welcomed, by this device's own way. What comes on it unasked is the caller's. */
  async open(
    { nonce, wokenBy, port = 13000, keep = false, timeout }: Contact,
    host: Host = this.host,
  ): Promise<{ session: Session; welcome: Messages['welcome'] }> {
    const { signal } = this.#stopping
    // The name is what a gateway, or a proxy of the user's, tells Servers apart by; what is trusted is the pin.
    const tls = { ...(host === this.host ? this.trust : this.trustWithoutLearning), servername: this.#servername }
    const connection = await host.dial(
      { host: this.way, port },
      { ...(port === 13000 ? { tls } : {}), timeout: timeout ?? this.settings.connectTimeout, signal },
    )
    const session = new Session(connection, {
      readTimeout: timeout ?? this.settings.readTimeout,
      onMessage: message => {
        if (message.type === 'push') this.onPush(message)
        if (message.type === 'tunnel') this.onTunnel(message, session)
      },
    })
    this.#open.add(session)
    void session.closed.then(() => this.#open.delete(session))
    if (signal.aborted) void session.close('stopping')
    try {
      const welcome = await session.greet(this.#greeting(nonce, wokenBy, keep))
      if (connection.certificate) this.memory.promote(connection.certificate.fingerprint)
      return { session, welcome }
    } catch (error) {
      await session.close('broken')
      throw error
    }
  }

  /** A connection to the Server that is no session of its own any more once it is welcome: the Server knows it by its invitation. */
  async dialBack(invitation: string): Promise<Connection> {
    const tls = { ...this.trustWithoutLearning, servername: this.#servername }
    const { connectTimeout: timeout, readTimeout } = this.settings
    const { signal } = this.#stopping
    const connection = await this.host.dial({ host: this.way, port: 13000 }, { tls, timeout, signal })
    const session = new Session(connection, { readTimeout, onMessage: () => {} })
    await session.greetAndHandOver({ ...this.hello('tunnel', randomUUID()), invitation })
    return connection
  }

  /** Before its first contact a device can tell its Server from nobody: what needs that has it now, where it is to be had. */
  async meetServer(timeout: number): Promise<void> {
    if (this.memory.pins.length === 0) await this.contact({ nonce: randomUUID(), timeout }).catch(() => {})
  }

  /**
   * A whole contact: connect, hello, full synchronisation, undelivered events. Resolves with the session when the Server
   * agreed to keep it, else with null after closing it. Rejects with what went wrong; nothing undelivered is lost.
   */
  async contact(contact: Contact, host: Host = this.host): Promise<Session | null> {
    const { nonce, keep = false } = contact
    const { session, welcome } = await this.open(contact, host)
    try {
      if (welcome.keepReason !== undefined)
        this.#log.warn({ reason: welcome.keepReason }, '"do not disconnect" is refused')
      if (welcome.syncInterval !== undefined) this.#syncInterval = Math.min(welcome.syncInterval, LONGEST_INTERVAL)
      await this.exchange(session, nonce)
      if (keep && welcome.keep === 'granted') return session
      await session.close()
      return null
    } catch (error) {
      await session.close('broken')
      throw error instanceof NetError
        ? error
        : new NetError('CONTACT', `contact with ${this.server} failed`, { cause: error })
    }
  }

  /** A full synchronisation, then the events kept on this device. */
  async exchange(session: Session, nonce: string): Promise<void> {
    const applications = installedApplications(this.settings.kscVersion)
    this.#apply(await session.request<Messages['sync']>({ type: 'sync', nonce, applications }))
    await this.#deliver(session)
  }

  /** Oldest first; each event is forgotten only when the Server has stored it. */
  async #deliver(session: Session): Promise<void> {
    for (const event of this.memory.outbox) {
      await session.request<Messages['event']>({ type: 'event', nonce: randomUUID(), ...event })
      this.memory.delivered(event.eventId)
    }
  }

  /** Keeps an event on the device; the schedule delivers it at once. */
  record(severity: PendingEvent['severity'], kind: string, text: string): void {
    this.memory.keep({ eventId: randomUUID(), at: Date.now(), severity, kind, text })
  }

  /** Ends every session, and every attempt at one. */
  async stop(): Promise<void> {
    this.#stopping.abort(new NetError('STOPPING', 'the Network Agent is being stopped'))
    await Promise.all([...this.#open].map(session => session.close('stopping')))
  }

  /** How this device names itself to whomever it dials. */
  hello(role: SessionRole, nonce: string): Messages['hello'] {
    const { name } = this.host
    const { agentId } = this.memory
    return { type: 'hello', protocol: 1, role, host: name, agentId, version: this.settings.kscVersion, nonce }
  }

  #greeting(nonce: string, wokenBy: string | undefined, keep: boolean): Messages['hello'] {
    return {
      ...this.hello('agent', nonce),
      os: operatingSystem(),
      ...(wokenBy === undefined ? {} : { wokenBy }),
      ...(keep ? { keep } : {}),
      ...(this.#gateway ? { gateway: this.#gateway } : {}),
    }
  }

  #apply(synced: Messages['synced']): void {
    if (synced.reserveCertificate) this.memory.trustReserve(new X509Certificate(synced.reserveCertificate))
    this.memory.synchronised(Date.now(), synced.noticeKey)
  }
}
