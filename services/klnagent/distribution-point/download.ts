import { createHash } from 'node:crypto'
import { NetError } from '../../../shared/net/errors.ts'
import type { Session } from '../../../shared/net/session.ts'
import type { Messages } from '../../../shared/wire/messages/index.ts'
import type { OfferedPackage } from '../../../shared/wire/messages/packages.ts'
import { LONGEST_PIECE } from '../../../shared/wire/messages/piece.ts'

/** One part of a package, which is to be as long as it was asked for. */
export async function fetchPiece(session: Session, name: string, from: number, length: number): Promise<Uint8Array> {
  const { bytes } = await session.request<Messages['get-piece']>({ type: 'get-piece', package: name, from, length })
  if (bytes.length !== length)
    throw new NetError('PIECE', `${name}: ${length} bytes from ${from} were asked for, and ${bytes.length} came`)
  return bytes
}

/** A whole package, piece by piece. @throws NetError where it is not what the list promised */
export async function download(session: Session, { name, bytes: of, sha256 }: OfferedPackage): Promise<void> {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    while (bytes < of) {
      const piece = await fetchPiece(session, name, bytes, Math.min(LONGEST_PIECE, of - bytes))
      hash.update(piece)
      bytes += piece.length
    }
  } finally {
    session.connection.observe({ what: 'transfer', detail: { bytes, of, complete: bytes === of } })
  }
  checkSum(name, hash.digest('hex'), sha256)
}

export function checkSum(name: string, sum: string, promised: string): void {
  if (sum !== promised)
    throw new NetError('CHECKSUM', `${name}: the bytes have SHA-256 ${sum}, and ${promised} was promised`)
}
