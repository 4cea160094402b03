const KIB = 1024
/** There is only one of this size for all, so it may be what a small direction never fills; measured beside 16 KiB. */
const SMALL = 64 * KIB
/** Beyond it processor time per byte falls no further. */
const BIG = 2_048 * KIB
/** Free buffers kept for the next bulk. */
const KEPT = 2
/** Buffers lent at one time: a reader that stands still keeps one, and a gateway may have thousands of those. */
export const LENT = 16

/** Into this one reads every direction that waits for bytes: what one read brought is copied before the next. */
export const common = Buffer.allocUnsafeSlow(SMALL)

const free: Buffer[] = []
let lent = 0

/** For one read of a socket that filled the one before, and for its write until that is done. `null`: all are lent. */
export function borrow(): Buffer | null {
  if (lent === LENT) return null
  lent += 1
  return free.pop() ?? Buffer.allocUnsafeSlow(BIG)
}

export function giveBack(buffer: Buffer): void {
  lent -= 1
  if (free.length < KEPT) free.push(buffer)
}

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
