import * as v from 'valibot'
import { Bytes, Integer, Name, Nonce, RequestId } from './fields.ts'

const bytesOf = (length: number) =>
  v.pipe(
    Bytes,
    v.check(bytes => bytes.length === length, `must be ${length} bytes`),
  )
export const TransferId = bytesOf(16)

/** Bytes of the package in one datagram: with its number, its transfer and the proof it stays under the 1 400 of every datagram. */
export const PIECE_LENGTH = 1_280
export const pieceCount = (bytes: number): number => Math.ceil(bytes / PIECE_LENGTH)

/** Assumed: a device holds in memory what it collects. */
const LONGEST_PACKAGE = 64 * 1024 * 1024
export const MOST_PIECES = pieceCount(LONGEST_PACKAGE)

/** Distribution point to device, on the push connection: a package will come by multicast. Answered with `joined`. */
export const Multicast = v.object({
  type: v.literal('multicast'),
  nonce: Nonce,
  transfer: TransferId,
  package: Name,
  bytes: v.pipe(Integer, v.minValue(1), v.maxValue(LONGEST_PACKAGE)),
  /** Lower-case hex. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  pieces: v.pipe(Integer, v.minValue(1), v.maxValue(MOST_PIECES)),
  /** Authenticates the pieces of this transfer. */
  key: bytesOf(32),
})
export type Multicast = v.InferOutput<typeof Multicast>

/** Device to distribution point: it listens to this transfer. */
export const Joined = v.object({ type: v.literal('joined'), id: RequestId, nonce: Nonce })
export type Joined = v.InferOutput<typeof Joined>

/** Distribution point to device: the last piece is sent. */
export const MulticastOver = v.object({ type: v.literal('multicast-over'), transfer: TransferId })
export type MulticastOver = v.InferOutput<typeof MulticastOver>

/** Device to distribution point: what came of it. */
export const Collected = v.object({
  type: v.literal('collected'),
  id: RequestId,
  nonce: Nonce,
  /** Pieces that came by multicast. */
  received: v.pipe(Integer, v.minValue(0)),
  /** `nothing`: no piece came, and none was asked for otherwise. */
  outcome: v.picklist(['whole', 'nothing', 'refused']),
  reason: v.optional(v.pipe(v.string(), v.maxLength(1_024))),
})
export type Collected = v.InferOutput<typeof Collected>
