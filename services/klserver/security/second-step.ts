import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { Attempts } from './attempts.ts'
import { base32, stepAt, totp } from './totp.ts'

/** Bytes; no padding in base32, and as many as SHA-1 has (RFC 4226 section 4). */
const SECRET_LENGTH = 20
/** Steps by which clocks may differ, either way (RFC 6238 section 5.2 recommends one). */
const DRIFT = 1

/** Two-step verification of one account. Its secret lives as long as the Server runs (assumed). */
export class SecondStep {
  readonly #attempts: Attempts
  readonly #now: () => number
  #secret: Buffer | null = null
  #offered: { id: string; secret: Buffer } | null = null
  /** Codes are good once. */
  #lastStep = 0

  constructor(limit: number, now: () => number) {
    this.#attempts = new Attempts(limit, now)
    this.#now = now
  }

  get registered(): boolean {
    return this.#secret !== null
  }

  /** Good once `register` is called with a code of it; until then the one before counts. */
  offer(): { id: string; key: string } {
    const offered = { id: randomUUID(), secret: randomBytes(SECRET_LENGTH) }
    this.#offered = offered
    return { id: offered.id, key: base32(offered.secret) }
  }

  /** @returns whether the code was one of that secret. */
  register(id: string, code: string): boolean {
    if (this.#offered?.id !== id || this.#stepOf(this.#offered.secret, code) === null) return false
    this.#secret = this.#offered.secret
    this.#offered = null
    this.#lastStep = 0
    return true
  }

  check(code: string): 'accepted' | 'wrong' | 'blocked' {
    if (this.#attempts.blocked) return 'blocked'
    const step = this.#secret && this.#stepOf(this.#secret, code)
    if (step === null || step <= this.#lastStep) {
      this.#attempts.wrong()
      return 'wrong'
    }
    this.#lastStep = step
    this.#attempts.right()
    return 'accepted'
  }

  #stepOf(secret: Buffer, code: string): number | null {
    if (!/^\d{6}$/.test(code)) return null
    const now = stepAt(this.#now())
    const near = Array.from({ length: 2 * DRIFT + 1 }, (_, n) => now - DRIFT + n)
    return near.findLast(step => timingSafeEqual(Buffer.from(totp(secret, step)), Buffer.from(code))) ?? null
  }
}
