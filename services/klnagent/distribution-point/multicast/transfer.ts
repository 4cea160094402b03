import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Datagram } from '../../../../shared/net/host.ts'
import { DatagramError } from '../../../../shared/wire/datagram.ts'
import type { Messages } from '../../../../shared/wire/messages/index.ts'
import type { SealedPiece } from '../../../../shared/wire/piece-datagram.ts'
import { checkSum } from '../download.ts'
import { Assembly } from './assembly.ts'

/** ms without a piece after which no more are on their way (assumed): the word that all are sent may overtake the last of them. */
const QUIET = 100

/** One announced package on its way to this device. */
export class Transfer {
  readonly announced: Messages['multicast']
  readonly assembly: Assembly
  readonly #key: KeyObject
  readonly #over = Promise.withResolvers<void>()
  /** The first datagram: what is observed of the transfer is observed of it. */
  #first: Datagram | null = null

  constructor(announced: Messages['multicast']) {
    this.announced = announced
    this.#key = createSecretKey(announced.key)
    this.assembly = new Assembly(announced.bytes)
  }

  /** @throws DatagramError where it is no piece of this transfer */
  take({ piece, body, proof }: SealedPiece, datagram: Datagram): void {
    const { nonce, pieces } = this.announced
    const expected = createHmac('sha256', this.#key).update(body).digest()
    if (proof.length !== expected.length || !timingSafeEqual(proof, expected))
      throw new DatagramError('forged', 'it is not sealed with the key of the transfer that it names')
    if (piece.of !== pieces)
      throw new DatagramError('bad-body', `a piece of ${piece.of}; this transfer has ${pieces} pieces`)
    this.assembly.put(piece.number, piece.bytes)
    if (this.#first) return
    this.#first = datagram
    datagram.observe({ what: 'request-received', detail: { nonce } })
  }

  /** The distribution point has sent all of it. */
  over(): void {
    this.#over.resolve()
  }

  /** Resolves when no piece is to be expected any more. */
  async arrived(signal: AbortSignal): Promise<void> {
    await this.#over.promise
    const { assembly } = this
    for (let before = -1; before !== assembly.received && !assembly.whole; ) {
      before = assembly.received
      await sleep(QUIET, undefined, { signal })
    }
    const { received, pieces } = assembly
    this.#first?.observe({ what: 'multicast-received', detail: { pieces: received, missing: pieces - received } })
  }

  /** @throws NetError where the bytes are not what was announced */
  check(): void {
    const { package: name, sha256 } = this.announced
    checkSum(name, createHash('sha256').update(this.assembly.content).digest('hex'), sha256)
  }

  ended(): void {
    const { bytes, content, whole } = this.assembly
    this.#first?.observe({ what: 'transfer', detail: { bytes, of: content.length, complete: whole } })
  }

  reported(): void {
    this.#first?.observe({ what: 'reply-sent', detail: { nonce: this.announced.nonce } })
  }
}
