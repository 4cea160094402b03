import type { Reputation } from '../../shared/wire/messages/reputation.ts'

/** KSNPROXY_MAX_REC_COUNT (KSCAPI a00220), which newer versions no longer read. */
const MOST = 10_000
/** How long an answer is good for (assumed): a reputation may change. */
const GOOD_FOR = 600_000

interface Kept {
  reputation: Reputation
  until: number
}

/** What Kaspersky said lately; the oldest goes when it is full. */
export class ReputationCache {
  readonly #kept = new Map<string, Kept>()

  get(sha256: string, now: number): Reputation | null {
    const kept = this.#kept.get(sha256)
    if (kept && kept.until > now) return kept.reputation
    this.#kept.delete(sha256)
    return null
  }

  put(sha256: string, reputation: Reputation, now: number): void {
    this.#kept.delete(sha256)
    this.#kept.set(sha256, { reputation, until: now + GOOD_FOR })
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > MOST && oldest !== undefined) this.#kept.delete(oldest)
  }
}
