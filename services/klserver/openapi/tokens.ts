import { createHash, randomBytes } from 'node:crypto'
import { IdleMap } from './idle-map.ts'

/** Tokens at once (assumed); the oldest go first. */
const LIMIT = 10_000

/** Secrets that stand for something for a fixed time after they were made. Only their digests are kept. */
export class Tokens<T> {
  readonly #issued: IdleMap<{ value: T; until: number }>
  readonly #lifetime: number
  readonly #now: () => number

  /** @param lifetime ms */
  constructor(lifetime: number, now: () => number) {
    this.#issued = new IdleMap(LIMIT, now)
    this.#lifetime = lifetime
    this.#now = now
  }

  issue(value: T): string {
    const token = randomBytes(32).toString('base64')
    this.#issued.set(digest(token), { value, until: this.#now() + this.#lifetime }, this.#lifetime)
    return token
  }

  valueOf(token: string): T | undefined {
    const issued = this.#issued.get(digest(token))
    return issued && this.#now() < issued.until ? issued.value : undefined
  }

  /** For the only time. */
  take(token: string): T | undefined {
    const value = this.valueOf(token)
    this.#issued.delete(digest(token))
    return value
  }
}

const digest = (token: string) => createHash('sha256').update(token).digest('base64')
