import { createHmac, type KeyObject } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { UdpPeer } from '../../../../shared/net/host.ts'
import { PIECE_LENGTH, pieceCount } from '../../../../shared/wire/messages/multicast.ts'
import { sealPiece } from '../../../../shared/wire/piece-datagram.ts'

/**
 * Datagrams between two pauses of 1 ms: half of what libuv reads of a socket at once. A member with the buffer that Linux gives
 * by default loses none; with 64 it loses some (docs/performance.md).
 */
const BURST = 16
const PAUSE = 1

interface Transmission {
  transfer: Buffer
  key: KeyObject
  content: Buffer
  signal: AbortSignal
}

/** Sends a package once, whoever listens. @returns the number of datagrams */
export async function transmit(
  peer: Pick<UdpPeer, 'send'>,
  { transfer, key, content, signal }: Transmission,
): Promise<number> {
  const of = pieceCount(content.length)
  const prove = (body: Buffer) => createHmac('sha256', key).update(body).digest()
  for (let number = 0; number < of; number += 1) {
    const from = number * PIECE_LENGTH
    const bytes = content.subarray(from, from + PIECE_LENGTH)
    await peer.send(sealPiece({ kind: 'piece', transfer, number, of, bytes }, prove))
    if (number % BURST === BURST - 1) await sleep(PAUSE, undefined, { signal })
  }
  return of
}
