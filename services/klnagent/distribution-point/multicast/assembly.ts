import { DatagramError } from '../../../../shared/wire/datagram.ts'
import { PIECE_LENGTH, pieceCount } from '../../../../shared/wire/messages/multicast.ts'

/** A part of a package, in bytes. */
export interface Gap {
  from: number
  length: number
}

/** A package as its pieces come: in any order, some twice, some never. */
export class Assembly {
  readonly content: Buffer
  /** Bytes that are there. */
  bytes = 0
  /** Pieces that came by multicast. */
  received = 0
  readonly #has: Uint8Array

  constructor(length: number) {
    this.content = Buffer.alloc(length)
    this.#has = new Uint8Array(pieceCount(length))
  }

  get pieces(): number {
    return this.#has.length
  }
  get whole(): boolean {
    return this.bytes === this.content.length
  }

  /** @throws DatagramError where there is no such piece of this package */
  put(number: number, piece: Uint8Array): void {
    const from = number * PIECE_LENGTH
    const length = Math.min(PIECE_LENGTH, this.content.length - from)
    if (piece.length !== length || length <= 0)
      throw new DatagramError(
        'bad-body',
        `piece ${number} has ${piece.length} bytes; expected are pieces 0 to ${this.pieces - 1} of ${PIECE_LENGTH} bytes, the last of what is left`,
      )
    if (this.#has[number]) return
    this.#has[number] = 1
    this.received += 1
    this.#write(from, piece)
  }

  /** What is missing: neighbours in one, none longer than `longest`. */
  gaps(longest: number): Gap[] {
    const gaps: Gap[] = []
    for (let number = 0; number < this.pieces; number += 1) {
      if (this.#has[number]) continue
      const from = number * PIECE_LENGTH
      const length = Math.min(PIECE_LENGTH, this.content.length - from)
      const last = gaps.at(-1)
      if (last && last.from + last.length === from && last.length + length <= longest) last.length += length
      else gaps.push({ from, length })
    }
    return gaps
  }

  fill({ from }: Gap, bytes: Uint8Array): void {
    this.#write(from, bytes)
  }

  #write(from: number, bytes: Uint8Array): void {
    this.content.set(bytes, from)
    this.bytes += bytes.length
  }
}
