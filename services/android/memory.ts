/** What an Android device keeps: who it is, the Server certificates it trusts, its user's certificate, events not yet delivered. */
import { generateKeyPairSync, randomUUID, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { replaceFile } from '../../shared/files.ts'
import type { ServerIdentity } from '../../shared/net/host.ts'
import { fingerprintOf } from '../../shared/tls/seen.ts'
import { Event } from '../../shared/wire/messages/event.ts'
import { Guid } from '../../shared/wire/messages/fields.ts'
import { PushKind } from '../../shared/wire/messages/push-token.ts'

const PendingEvent = v.omit(Event, ['type', 'id', 'nonce'])
type PendingEvent = v.InferOutput<typeof PendingEvent>

const Kept = v.object({
  schema: v.literal('ksc-lab/android@1'),
  deviceId: Guid,
  /** PEM, PKCS #8; P-256. */
  key: v.string(),
  /** PEM of the user's certificate. */
  certificate: v.nullable(v.string()),
  /** PEM of the mobile certificates held: the current one, then the reserve. */
  held: v.array(v.string()),
  /** Where push reaches it, and whether the Server knows. */
  push: v.nullable(v.object({ kind: PushKind, token: v.string(), told: v.boolean() })),
  outbox: v.array(PendingEvent),
})
type Kept = v.InferOutput<typeof Kept>

export type PushAddress = Pick<NonNullable<Kept['push']>, 'kind' | 'token'>

export class PhoneMemory {
  readonly #file: string
  #kept: Kept

  /** A file that cannot be read is a device that was reset; the old file is kept aside. */
  constructor(folder: string, notice: (sentence: string) => void) {
    this.#file = join(folder, 'android.json')
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#kept = {
      schema: 'ksc-lab/android@1',
      deviceId: randomUUID(),
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      certificate: null,
      held: [],
      push: null,
      outbox: [],
    }
    if (existsSync(this.#file))
      try {
        this.#kept = v.parse(Kept, JSON.parse(readFileSync(this.#file, 'utf8')))
        return
      } catch (error) {
        const aside = `${this.#file}.unreadable-${Date.now()}`
        renameSync(this.#file, aside)
        notice(
          `${this.#file} cannot be read (${(error as Error).message}); it is kept as ${aside}, and the device begins anew`,
        )
      }
    this.#change({})
  }

  get deviceId(): string {
    return this.#kept.deviceId
  }
  get key(): string {
    return this.#kept.key
  }
  get outbox(): readonly PendingEvent[] {
    return this.#kept.outbox
  }
  get push(): Kept['push'] {
    return this.#kept.push
  }
  get pins(): string[] {
    return this.#kept.held.map(pem => fingerprintOf(new X509Certificate(pem)))
  }

  /** The user's certificate while its time lasts. */
  identity(now = Date.now()): (ServerIdentity & { validTo: number }) | null {
    const { certificate, key } = this.#kept
    if (certificate === null) return null
    const validTo = new X509Certificate(certificate).validToDate.getTime()
    return validTo > now ? { cert: certificate, key, validTo } : null
  }

  enrolled(certificate: string): void {
    this.#change({ certificate })
  }

  /** First contact. */
  trust(der: Uint8Array): void {
    this.#change({ held: [new X509Certificate(der).toString()] })
  }

  /** What the Server will present next. */
  trustReserve(der: Uint8Array): void {
    const reserve = new X509Certificate(der).toString()
    const [current] = this.#kept.held
    // Whoever holds none yet has not seen the Server by a way of its own: what is told on another is no trust.
    if (current !== undefined) this.#change({ held: current === reserve ? [current] : [current, reserve] })
  }

  /** The Server has presented the reserve: it is the certificate from now on. */
  promote(fingerprint: string): void {
    const [current, reserve] = this.#kept.held
    if (current !== undefined && reserve !== undefined && fingerprintOf(new X509Certificate(reserve)) === fingerprint)
      this.#change({ held: [reserve] })
  }

  keepPush({ kind, token }: PushAddress): void {
    const { push } = this.#kept
    if (push?.kind !== kind || push.token !== token) this.#change({ push: { kind, token, told: false } })
  }

  /** @param token in the meantime there may be another one */
  toldPush(token: string): void {
    const { push } = this.#kept
    if (push?.token === token) this.#change({ push: { ...push, told: true } })
  }

  keep(event: PendingEvent): void {
    this.#change({ outbox: [...this.#kept.outbox, event] })
  }

  delivered(eventId: string): void {
    this.#change({ outbox: this.#kept.outbox.filter(event => event.eventId !== eventId) })
  }

  /** Durable when it returns. */
  #change(changes: Partial<Omit<Kept, 'schema' | 'deviceId'>>): void {
    this.#kept = { ...this.#kept, ...changes }
    replaceFile(this.#file, JSON.stringify(this.#kept))
  }
}
