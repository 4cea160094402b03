/** One-time enrolment codes: a trainer's phone cannot be given the administrator's password. */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { replaceFile } from '../../../shared/files.ts'

/** ms (assumed): a lesson. */
const LIFE = 3_600_000
/** Outstanding at once (assumed). */
const MOST = 1_000

const Kept = v.array(v.object({ sha256: v.string(), expiresAt: v.number() }))

export class EnrolmentCodes {
  readonly #file: string
  readonly #now: () => number
  #codes: v.InferOutput<typeof Kept> = []

  constructor(folder: string, now: () => number = Date.now) {
    this.#file = join(folder, 'enrolment-codes.json')
    this.#now = now
    if (!existsSync(this.#file)) return
    try {
      this.#codes = v.parse(Kept, JSON.parse(readFileSync(this.#file, 'utf8')))
    } catch {
      // Codes live an hour; new ones are made in a second.
      this.#codes = []
    }
  }

  /** Null where too many are outstanding. */
  issue(): { code: string; expiresAt: string } | null {
    const now = this.#now()
    const live = this.#codes.filter(({ expiresAt }) => expiresAt > now)
    if (live.length >= MOST) return null
    const code = randomBytes(12).toString('base64url')
    this.#keep([...live, { sha256: digest(code), expiresAt: now + LIFE }])
    return { code, expiresAt: new Date(now + LIFE).toISOString() }
  }

  /** Is it one that was issued and not used? It is used now. */
  redeem(code: string): boolean {
    const found = this.#codes.find(({ sha256, expiresAt }) => sha256 === digest(code) && expiresAt > this.#now())
    if (found) this.#keep(this.#codes.filter(one => one !== found))
    return found !== undefined
  }

  #keep(codes: v.InferOutput<typeof Kept>): void {
    replaceFile(this.#file, JSON.stringify(codes))
    this.#codes = codes
  }
}

const digest = (code: string): string => createHash('sha256').update(code).digest('hex')
