import { randomUUID } from 'node:crypto'
import type { Host, TlsClientOptions } from '../../shared/net/host.ts'
import { Session } from '../../shared/net/session.ts'
import type { ServiceSettings } from '../../shared/service.ts'
import { pinned, trustOnFirstUse } from '../../shared/tls/rules.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'
import type { PhoneMemory, PushAddress } from './memory.ts'

/** A certificate that ends sooner than this is renewed (assumed: 30 of its 365 days). */
const RENEWED_BEFORE = 30 * 86_400_000
const OS = 'Android 16'
export const PRODUCT = 'Kaspersky Endpoint Security for Android'

interface PhoneParts {
  host: Host
  /** The Server, or the gateway before it. */
  way: string
  /** By which a box on the way tells Servers apart. */
  servername: string
  user: string
  memory: PhoneMemory
  settings: ServiceSettings
}

interface Contact {
  nonce: string
  port?: 13292 | 13293
  /** ms */
  timeout?: number
  signal?: AbortSignal
}

/** One Android device: how it speaks to its Administration Server. */
export class Phone {
  readonly #parts: PhoneParts
  #syncInterval: number

  constructor(parts: PhoneParts) {
    this.#parts = parts
    this.#syncInterval = parts.settings.syncInterval
  }

  get enrolled(): boolean {
    return this.#parts.memory.identity() !== null
  }
  /** ms, as the Server has named it. */
  get syncInterval(): number {
    return this.#syncInterval
  }

  /** The certificate of its user where it has none or the old one ends soon; then a synchronisation, and the events it has kept. */
  async contact(contact: Contact, host = this.#parts.host): Promise<void> {
    const { memory } = this.#parts
    // 13293 takes nobody without one; and a box that an exercise leads through is no place to learn whom to trust. Where its own
    // way does not work either, the exercise says why.
    const strange = host !== this.#parts.host && memory.pins.length === 0
    if (strange || (contact.port === 13293 && !this.enrolled))
      await this.contact({ ...contact, nonce: randomUUID(), port: 13292 }).catch(() => {})
    let session = await this.#open(contact, host)
    try {
      if ((memory.identity()?.validTo ?? 0) < Date.now() + RENEWED_BEFORE) {
        await this.#enrol(session, contact.nonce)
        await session.close()
        session = await this.#open(contact, host)
      }
      await this.#exchange(session, contact.nonce)
    } finally {
      await session.close()
    }
  }

  /** What its own way learns is kept; an exercise, which may lead through somebody else's box, only compares. */
  trust(host: Host): Pick<TlsClientOptions, 'rule'> {
    const { memory } = this.#parts
    const held = () => memory.pins
    if (host === this.#parts.host) return { rule: trustOnFirstUse(held, ({ raw }) => memory.trust(raw)) }
    const compare = pinned(held)
    return { rule: seen => (held().length === 0 ? null : compare(seen)) }
  }

  async #open({ nonce, port = 13292, timeout, signal }: Contact, host: Host): Promise<Session> {
    const { way, servername, memory, settings } = this.#parts
    const identity = memory.identity()
    const tls = { ...this.trust(host), servername, ...(identity ? { identity } : {}) }
    const connection = await host.dial(
      { host: way, port },
      { tls, timeout: timeout ?? settings.connectTimeout, ...(signal ? { signal } : {}) },
    )
    const session = new Session(connection, { readTimeout: timeout ?? settings.readTimeout, onMessage: () => {} })
    const stop = () => void session.close('stopping')
    signal?.addEventListener('abort', stop)
    void session.closed.then(() => signal?.removeEventListener('abort', stop))
    try {
      const { syncInterval } = await session.greet({
        type: 'hello',
        protocol: 1,
        role: 'mobile-device',
        host: host.name,
        agentId: memory.deviceId,
        version: settings.kscVersion,
        os: OS,
        nonce,
      })
      if (syncInterval !== undefined) this.#syncInterval = syncInterval
      if (connection.certificate) memory.promote(connection.certificate.fingerprint)
      return session
    } catch (error) {
      await session.close('broken')
      throw error
    }
  }

  async #enrol(session: Session, nonce: string): Promise<void> {
    const { memory, user } = this.#parts
    // What makes requests takes 150 ms to load.
    const { certificateRequest } = await import('./certificate-request.ts')
    const request = await certificateRequest(memory.key, user)
    const { certificate } = await session.request<Messages['enrol']>({ type: 'enrol', nonce, user, request })
    memory.enrolled(certificate)
  }

  async #exchange(session: Session, nonce: string): Promise<void> {
    const { memory, settings } = this.#parts
    const applications = [{ name: PRODUCT, version: settings.kscVersion }]
    const { reserveCertificate } = await session.request<Messages['sync']>({ type: 'sync', nonce, applications })
    if (reserveCertificate) memory.trustReserve(reserveCertificate)
    const { push } = memory
    if (push && !push.told) {
      const { kind, token } = push
      await session.request<Messages['push-token']>({ type: 'push-token', nonce, kind, token })
      memory.toldPush(token)
    }
    for (const event of memory.outbox) {
      await session.request<Messages['event']>({ type: 'event', nonce: randomUUID(), ...event })
      memory.delivered(event.eventId)
    }
  }

  setPushToken(push: PushAddress): void {
    this.#parts.memory.keepPush(push)
  }

  /** Kept on the device until the Server has it. */
  record(kind: string, text: string): void {
    this.#parts.memory.keep({ eventId: randomUUID(), at: Date.now(), severity: 1, kind, text })
  }
}
