const KIB = 1024
/** There is only one of this size for all, so it may be what a small direction never fills; measured beside 16 and 256 KiB. */
const SMALL = 64 * KIB
/** Into this one reads every direction that waits for bytes: what one read brought is copied before the next. */
export const common = Buffer.allocUnsafeSlow(SMALL)

interface PoolOptions {
  /** Bytes of a buffer. */
  size: number
  /** Buffers lent at one time: a reader that stands still keeps one, and a gateway may have thousands of those. */
  most: number
  /** Free ones that are kept: a new one costs its page faults. */
  kept: number
}

/** Buffers for one read, or what is gathered from several, and for its write until that is done. */
export class Pool {
  readonly #options: PoolOptions
  readonly #free: Buffer[] = []
  #lent = 0

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** `null`: all are lent. */
  borrow(): Buffer | null {
    const { most, size } = this.#options
    if (this.#lent === most) return null
    this.#lent += 1
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(size)
  }

  giveBack(buffer: Buffer): void {
    this.#lent -= 1
    if (this.#free.length < this.#options.kept) this.#free.push(buffer)
  }
}

/** For reads of a socket that filled the one before. Beyond this size processor time per byte falls no further. */
export const bulk = new Pool({ size: 2_048 * KIB, most: 16, kept: 2 })
/** For what is encrypted or decrypted before it is written: more is only memory, since the records of TLS are of 16 KiB. */
export const records = new Pool({ size: 128 * KIB, most: 64, kept: 16 })

/** `null` while an unfinished write keeps it. */
let spare: Buffer | null = null

/** Bytes of `common` as a buffer of their own, to be given to `keepSpare` when they are written at once. */
export function copied(bytes: number): Buffer {
  // Node cuts these from a slab; a stalled direction then keeps no more than it needs.
  if (bytes < Buffer.poolSize >>> 1) {
    const own = Buffer.allocUnsafe(bytes)
    common.copy(own, 0, 0, bytes)
    return own
  }
  const own = spare ?? Buffer.allocUnsafeSlow(SMALL)
  spare = null
  common.copy(own, 0, 0, bytes)
  return bytes === SMALL ? own : own.subarray(0, bytes)
}

export function keepSpare(written: Buffer): void {
  if (written.length === SMALL) spare = written
}
