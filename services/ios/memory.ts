/** What an iOS device keeps: who it is, its management, and a report that nobody has taken yet. */
import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { replaceFile } from '../../shared/files.ts'

const Text = v.string()
const Management = v.object({
  serverUrl: Text,
  checkInUrl: Text,
  topic: Text,
  signMessage: v.boolean(),
  /** PEM of the root in the profile, which the server's certificate must lead to. */
  root: Text,
  cert: Text,
  key: Text,
  magic: Text,
  /** How far the server knows the device: not yet, by Authenticate, by a TokenUpdate with the token of now. */
  stage: v.picklist(['profile', 'authenticated', 'complete']),
  /** Of the profile with the MDM payload. */
  profile: Text,
})
export type Management = v.InferOutput<typeof Management>

const Kept = v.object({
  schema: v.literal('ksc-lab/ios-device@1'),
  udid: Text,
  serialNumber: Text,
  /** Base64; what APNs gave out. */
  token: Text,
  management: v.nullable(Management),
  /** Its secret at APNs, by which it has its token again. */
  apns: v.optional(Text, () => randomBytes(24).toString('base64url')),
  /** Identifiers of profiles that the server had installed. */
  profiles: v.array(Text),
  /** Base64 of the XML: sent again until it is answered with 2xx. */
  report: v.nullable(Text),
})
type Kept = v.InferOutput<typeof Kept>

export class IosMemory {
  readonly #file: string
  #kept: Kept

  /** A file that cannot be read is a device that was erased; the old file is kept aside. */
  constructor(folder: string, notice: (sentence: string) => void) {
    this.#file = join(folder, 'ios.json')
    this.#kept = {
      schema: 'ksc-lab/ios-device@1',
      // The form that iPhones have since 2018.
      udid: `00008020-${randomBytes(8).toString('hex').toUpperCase()}`,
      serialNumber: `KSCLAB${randomUUID().slice(0, 6).toUpperCase()}`,
      token: randomBytes(32).toString('base64'),
      apns: randomBytes(24).toString('base64url'),
      management: null,
      profiles: [],
      report: null,
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
    this.change({})
  }

  get now(): Readonly<Kept> {
    return this.#kept
  }

  /** Durable when it returns. */
  change(changes: Partial<Omit<Kept, 'schema' | 'udid'>>): void {
    this.#kept = { ...this.#kept, ...changes }
    replaceFile(this.#file, JSON.stringify(this.#kept))
  }
}
