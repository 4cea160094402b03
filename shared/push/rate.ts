/** So many in so many ms for each key; what is over it is told when to come again. */
export class Rate {
  readonly #most: number
  readonly #within: number
  readonly #taken = new Map<string, number[]>()

  constructor(most: number, within: number) {
    this.#most = most
    this.#within = within
  }

  /** ms until there is room; 0 where there is, and then it is taken. */
  take(key: string, now = Date.now()): number {
    const recent = (this.#taken.get(key) ?? []).filter(at => at > now - this.#within)
    const [oldest = now] = recent
    if (recent.length >= this.#most) return Math.max(1, oldest + this.#within - now)
    if (this.#taken.size > 10_000) this.#taken.clear()
    this.#taken.set(key, [...recent, now])
    return 0
  }
}
