/** What the server knows of its devices: one file each, written before a message is answered. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { replaceFile } from '../../shared/files.ts'
import type { QueuedCommand } from './queue.ts'

const Text = v.string()
const Command = v.object({
  uuid: v.pipe(Text, v.regex(/^[0-9A-F-]{36}$/)),
  requestType: Text,
  payload: Text,
  queuedAt: Text,
  state: v.picklist(['queued', 'sent', 'not-now', 'acknowledged', 'error', 'format-error']),
  answeredAt: v.optional(Text),
})
const Kept = v.object({
  schema: v.literal('ksc-lab/ios-mdm-device@1'),
  udid: Text,
  /** `authenticated` until the first TokenUpdate; `left` after CheckOut. */
  state: v.picklist(['authenticated', 'enrolled', 'left']),
  /** SHA-256 of the certificate that is tied to the device. */
  certificate: Text,
  /** Those that were, before it was enrolled anew: nobody may come with them again. */
  formerCertificates: v.array(Text),
  /** What Authenticate told: OSVersion, ProductName, SerialNumber ... */
  facts: v.record(Text, Text),
  enrolledAt: Text,
  /** Token and magic of the last TokenUpdate. */
  push: v.nullable(v.object({ token: Text, magic: Text })),
  unlockToken: v.nullable(Text),
  bootstrapToken: v.nullable(Text),
  commands: v.array(Command),
})
export type Device = Readonly<Omit<v.InferOutput<typeof Kept>, 'commands'>> & {
  readonly commands: readonly QueuedCommand[]
}

/** Answered commands that are kept for an administrator to read; the oldest go first (assumed). */
const ANSWERED_KEPT = 100

export class Devices {
  readonly #folder: string
  readonly #devices = new Map<string, Device>()
  /** By certificate: who is tied to it. */
  readonly #tied = new Map<string, string>()
  /** Of this run only: an Idle poll is not worth a write. */
  readonly #lastSeen = new Map<string, string>()

  /** A file that cannot be read is kept aside; its device is unknown then and has to be enrolled anew. */
  constructor(folder: string, notice: (sentence: string) => void) {
    this.#folder = join(folder, 'devices')
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(this.#folder).filter(each => /^[0-9a-f]{32}\.json$/.test(each))) {
      const file = join(this.#folder, name)
      try {
        this.#remember(v.parse(Kept, JSON.parse(readFileSync(file, 'utf8'))) as Device)
      } catch (error) {
        renameSync(file, `${file}.unreadable-${Date.now()}`)
        notice(
          `${file} cannot be read (${(error as Error).message}); it is kept aside, and its device is not known any more`,
        )
      }
    }
  }

  all(): Device[] {
    return [...this.#devices.values()]
  }

  find(udid: string): Device | undefined {
    return this.#devices.get(udid)
  }

  tiedTo(certificate: string): string | undefined {
    return this.#tied.get(certificate)
  }

  seen(udid: string): void {
    this.#lastSeen.set(udid, new Date().toISOString())
  }

  lastSeen(udid: string): string | null {
    return this.#lastSeen.get(udid) ?? null
  }

  /** Until a restart, after which it would be the same by itself: a command that was sent is sent again. */
  note(device: Device): void {
    this.#devices.set(device.udid, device)
  }

  /** Durable when it returns. */
  keep(device: Device): Device {
    const answered = device.commands.filter(({ answeredAt }) => answeredAt !== undefined)
    const dropped = new Set(answered.slice(0, Math.max(0, answered.length - ANSWERED_KEPT)))
    const kept = dropped.size > 0 ? { ...device, commands: device.commands.filter(one => !dropped.has(one)) } : device
    replaceFile(`${this.#path(kept.udid)}.json`, JSON.stringify(kept))
    for (const { uuid } of dropped) rmSync(this.#answerFile(kept.udid, uuid), { force: true })
    this.#remember(kept)
    return kept
  }

  /** The report as it came, beside the device's file: it may have 2 MiB. */
  keepAnswer(udid: string, uuid: string, report: Uint8Array): void {
    mkdirSync(this.#path(udid), { recursive: true, mode: 0o700 })
    replaceFile(this.#answerFile(udid, uuid), report)
  }

  answer(udid: string, uuid: string): Buffer | null {
    try {
      return readFileSync(this.#answerFile(udid, uuid))
    } catch {
      return null
    }
  }

  /** Of a device that begins anew. */
  forgetAnswers(udid: string): void {
    rmSync(this.#path(udid), { recursive: true, force: true })
  }

  #remember(device: Device): void {
    this.#devices.set(device.udid, device)
    for (const certificate of [device.certificate, ...device.formerCertificates])
      this.#tied.set(certificate, device.udid)
  }

  /** UDIDs are the device's word: never a path. */
  #path = (udid: string): string => join(this.#folder, createHash('sha256').update(udid).digest('hex').slice(0, 32))

  #answerFile = (udid: string, uuid: string): string => join(this.#path(udid), `${uuid}.plist`)
}

export const newDevice = (udid: string, certificate: string, facts: Record<string, string>): Device => ({
  schema: 'ksc-lab/ios-mdm-device@1',
  udid,
  state: 'authenticated',
  certificate,
  formerCertificates: [],
  facts,
  enrolledAt: new Date().toISOString(),
  push: null,
  unlockToken: null,
  bootstrapToken: null,
  commands: [],
})
