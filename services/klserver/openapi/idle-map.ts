interface Entry<T> {
  value: T
  /** ms */
  lifetime: number
  size: number
  usedAt: number
}

/** Things that live for a time after their last use. Together they are bounded: the longest unused goes first. */
export class IdleMap<T> {
  /** The longest unused first. */
  readonly #entries = new Map<string, Entry<T>>()
  readonly #now: () => number
  readonly #capacity: number
  #size = 0

  /** @param capacity of all sizes together @param now ms */
  constructor(capacity: number, now: () => number) {
    this.#capacity = capacity
    this.#now = now
  }

  /** @param lifetime ms from the last use */
  set(key: string, value: T, lifetime: number, size = 1): void {
    this.delete(key)
    this.#entries.set(key, { value, lifetime, size, usedAt: this.#now() })
    this.#size += size
    for (const [oldest, entry] of this.#entries)
      if (oldest !== key && (this.#size > this.#capacity || this.#isOver(entry))) this.delete(oldest)
  }

  /** Counts as a use. */
  get(key: string): T | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    this.#entries.delete(key)
    if (this.#isOver(entry)) {
      this.#size -= entry.size
      return undefined
    }
    entry.usedAt = this.#now()
    this.#entries.set(key, entry)
    return entry.value
  }

  /** No use. */
  has(key: string): boolean {
    const entry = this.#entries.get(key)
    return entry !== undefined && !this.#isOver(entry)
  }

  delete(key: string): boolean {
    this.#size -= this.#entries.get(key)?.size ?? 0
    return this.#entries.delete(key)
  }

  #isOver({ usedAt, lifetime }: Entry<T>): boolean {
    return this.#now() - usedAt >= lifetime
  }
}
