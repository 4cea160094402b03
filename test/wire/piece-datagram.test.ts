import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DatagramError, LONGEST_DATAGRAM, seal } from '../../shared/wire/datagram.ts'
import { MOST_PIECES, PIECE_LENGTH } from '../../shared/wire/messages/multicast.ts'
import { type PieceDatagram, readPiece, sealPiece } from '../../shared/wire/piece-datagram.ts'

const proof = Buffer.alloc(32, 1)
const piece: PieceDatagram = {
  kind: 'piece',
  transfer: Buffer.alloc(16, 2),
  number: MOST_PIECES - 1,
  of: MOST_PIECES,
  bytes: Buffer.alloc(PIECE_LENGTH, 3),
}

function refusal(datagram: Uint8Array): string {
  try {
    readPiece(datagram)
  } catch (error) {
    if (error instanceof DatagramError) return error.code
    throw error
  }
  return 'none'
}

it('is read as it was sealed, and the longest one fits into every path', () => {
  const datagram = sealPiece(piece, () => proof)
  expect(datagram.length).toBeLessThanOrEqual(LONGEST_DATAGRAM)
  expect(readPiece(datagram)).toMatchObject({ piece, proof })
})

it.each([
  ['another kind', { ...piece, kind: 'wake-up' }, 'unknown-kind'],
  ['a transfer of 15 bytes', { ...piece, transfer: Buffer.alloc(15) }, 'bad-body'],
  ['a negative number', { ...piece, number: -1 }, 'bad-body'],
  ['half a number', { ...piece, number: 0.5, bytes: Buffer.alloc(1) }, 'bad-body'],
  ['more pieces than a package has', { ...piece, of: MOST_PIECES + 1 }, 'bad-body'],
  ['no bytes', { ...piece, bytes: 'text' }, 'bad-body'],
])('%s is refused', (_, body, code) => {
  expect(refusal(seal(body, () => proof))).toBe(code)
})

it('any other bytes are refused in words', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 1_500 }), bytes => refusal(bytes) !== 'none'))
  const whole = sealPiece(piece, () => proof)
  fc.assert(fc.property(fc.nat(whole.length - 1), length => refusal(whole.subarray(0, length)) !== 'none'))
})
