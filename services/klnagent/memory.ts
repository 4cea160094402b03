import { randomUUID, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { fingerprintOf } from '../../shared/tls/seen.ts'
import { explain } from '../../shared/wire/explain.ts'
import { Event } from '../../shared/wire/messages/event.ts'
import { Guid, Time } from '../../shared/wire/messages/fields.ts'

/** An event as it will be sent, without what belongs to the session that carries it. */
const PendingEvent = v.omit(Event, ['type', 'id', 'nonce'])
export type PendingEvent = v.InferOutput<typeof PendingEvent>

const Kept = v.object({
  schema: v.literal('ksc-lab/agent@1'),
  agentId: Guid,
  /** PEM of the Server certificates held: the current one, then the reserve. */
  held: v.array(v.string()),
  /** PEM of the certificate that was given last: given again, it must not undo what was learnt since. */
  installed: v.optional(v.string()),
  /** Base64; authenticates shutdown notices. */
  noticeKey: v.union([v.string(), v.null()]),
  outbox: v.array(PendingEvent),
  lastSync: v.union([Time, v.null()]),
})
type Kept = v.InferOutput<typeof Kept>

/** What a Network Agent keeps on its device: its id, the Server certificates it trusts, and events not yet delivered. */
export class AgentMemory {
  readonly #file: string
  #kept: Kept

  /** A file that cannot be read is a device that was set up anew: it gets a new identity, and the old file is kept aside. */
  constructor(folder: string, notice: (sentence: string) => void) {
    this.#file = join(folder, 'agent.json')
    this.#kept = {
      schema: 'ksc-lab/agent@1',
      agentId: randomUUID(),
      held: [],
      noticeKey: null,
      outbox: [],
      lastSync: null,
    }
    if (existsSync(this.#file)) {
      try {
        this.#kept = read(this.#file)
      } catch (error) {
        const aside = `${this.#file}.unreadable-${Date.now()}`
        renameSync(this.#file, aside)
        notice(
          `${this.#file} cannot be read (${(error as Error).message}); it is kept as ${aside} and the agent starts anew`,
        )
      }
    }
    this.#write()
  }

  get agentId(): string {
    return this.#kept.agentId
  }
  get lastSync(): number | null {
    return this.#kept.lastSync
  }
  get outbox(): readonly PendingEvent[] {
    return this.#kept.outbox
  }
  get noticeKey(): Buffer | null {
    return this.#kept.noticeKey === null ? null : Buffer.from(this.#kept.noticeKey, 'base64')
  }
  /** The certificates held, current one first. */
  get held(): X509Certificate[] {
    return this.#kept.held.map(pem => new X509Certificate(pem))
  }
  get pins(): string[] {
    return this.held.map(fingerprintOf)
  }

  /** A certificate given at installation. The same one given again, as at every start, changes nothing. */
  install(certificate: X509Certificate): void {
    const installed = certificate.toString()
    if (this.#kept.installed === installed) return
    this.trust(certificate)
    this.#change({ installed })
  }

  /** A certificate given by hand, or seen at first contact: everything held before is forgotten. */
  trust(certificate: X509Certificate): void {
    if (this.#kept.held[0] === certificate.toString()) return
    this.#change({ held: [certificate.toString()] })
  }

  /** The reserve certificate, learnt during a synchronisation. */
  trustReserve(reserve: X509Certificate): void {
    const [current] = this.#kept.held
    if (current === undefined || this.#kept.held[1] === reserve.toString() || current === reserve.toString()) return
    this.#change({ held: [current, reserve.toString()] })
  }

  /** The Server now presents its reserve certificate: it takes over. */
  promote(fingerprint: string): void {
    const [current, reserve] = this.#kept.held
    if (current === undefined || reserve === undefined || fingerprintOf(new X509Certificate(reserve)) !== fingerprint)
      return
    this.#change({ held: [reserve] })
  }

  synchronised(at: number, noticeKey: Uint8Array | undefined): void {
    const key = noticeKey ? Buffer.from(noticeKey).toString('base64') : this.#kept.noticeKey
    this.#change({ lastSync: at, noticeKey: key })
  }

  keep(event: PendingEvent): void {
    this.#change({ outbox: [...this.#kept.outbox, event] })
  }

  delivered(eventId: string): void {
    this.#change({ outbox: this.#kept.outbox.filter(event => event.eventId !== eventId) })
  }

  #change(change: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...change }
    this.#write()
  }

  /** Written beside and renamed: a crash leaves the old file or the new one. */
  #write(): void {
    const fresh = `${this.#file}.new`
    writeFileSync(fresh, JSON.stringify(this.#kept), { mode: 0o600 })
    renameSync(fresh, this.#file)
  }
}

function read(file: string): Kept {
  // As it stands in the file, with what a later version may have added.
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Kept
  const { issues } = v.safeParse(Kept, kept, { abortEarly: true })
  if (issues) throw new Error(explain('agent', issues))
  for (const pem of kept.held) new X509Certificate(pem)
  return kept
}
