/** One numbered piece of a multicast package: docs/protocol.md section 9. Pure. */
import * as v from 'valibot'
import { DatagramError, type Prove, seal, unseal } from './datagram.ts'
import { explain } from './explain.ts'
import { Bytes, Integer } from './messages/fields.ts'
import { MOST_PIECES, TransferId } from './messages/multicast.ts'

const PieceDatagram = v.object({
  kind: v.literal('piece'),
  transfer: TransferId,
  number: v.pipe(Integer, v.minValue(0), v.maxValue(MOST_PIECES - 1)),
  /** Pieces of the whole package: for whoever reads a capture. */
  of: v.pipe(Integer, v.minValue(1), v.maxValue(MOST_PIECES)),
  bytes: Bytes,
})
export type PieceDatagram = v.InferOutput<typeof PieceDatagram>

export interface SealedPiece {
  piece: PieceDatagram
  body: Buffer
  proof: Buffer
}

export const sealPiece = (piece: PieceDatagram, prove: Prove): Buffer => seal(piece, prove)

/** Reads a datagram without judging its proof; a DatagramError says what is wrong with its form. */
export function readPiece(datagram: Uint8Array): SealedPiece {
  const { map, body, proof } = unseal(datagram)
  if (map.kind !== 'piece') throw new DatagramError('unknown-kind', 'the accepted kind is piece')
  const { issues } = v.safeParse(PieceDatagram, map, { abortEarly: true })
  if (issues) throw new DatagramError('bad-body', explain('piece', issues))
  return { piece: map as PieceDatagram, body, proof }
}
