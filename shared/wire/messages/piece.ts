import * as v from 'valibot'
import { Bytes, Integer, Name, Nonce, RequestId } from './fields.ts'

/** A quarter of the longest frame: a package is fetched in pieces, and one that is lost is asked for again alone. */
export const LONGEST_PIECE = 256 * 1024

/** Agent to distribution point. Without a nonce, as for most pieces of a long package, it is not written down. */
export const GetPiece = v.object({
  type: v.literal('get-piece'),
  id: RequestId,
  nonce: v.optional(Nonce),
  package: Name,
  from: v.pipe(Integer, v.minValue(0)),
  length: v.pipe(Integer, v.minValue(1), v.maxValue(LONGEST_PIECE)),
})
export type GetPiece = v.InferOutput<typeof GetPiece>

export const Piece = v.object({ type: v.literal('piece'), id: RequestId, nonce: v.optional(Nonce), bytes: Bytes })
export type Piece = v.InferOutput<typeof Piece>
