import { bothFinished, clientFinished, follow, type Handshake, NOTHING_SEEN, PLAIN, type Side } from './handshake.ts'
import { splitRecords, type TlsRecord } from './records.ts'
import { type Gate, NOTHING } from './splice.ts'

/**
 * The gates of one connection, and what they both know of its handshake. A port that is asked in plaintext to begin
 * TLS (PostgreSQL, MariaDB, SMTP) counts as a plain one.
 */
export function handshakeGates(): {
  /** Lets everything through and learns from it. */
  open(from: Side): Gate
  /** Lets the handshake through and nothing after it; on a plain port, nothing at all. */
  handshakeOnly(from: Side): Gate
} {
  let handshake: Handshake = NOTHING_SEEN

  /** Yields each complete record together with what was known before it. */
  const reader = (from: Side) => {
    let rest: Buffer = NOTHING
    return (chunk: Buffer): { record: TlsRecord; before: Handshake }[] => {
      if (handshake.kind === 'plain') return []
      const split = splitRecords(Buffer.concat([rest, chunk]))
      rest = split.rest
      const read = split.records.map(record => {
        const before = handshake
        handshake = follow(handshake, from, record)
        return { record, before }
      })
      if (split.broken) handshake = PLAIN
      return read
    }
  }

  return {
    open(from) {
      const read = reader(from)
      return {
        bytes(chunk) {
          if (!bothFinished(handshake)) read(chunk)
          return chunk
        },
        ends: () => true,
      }
    },
    handshakeOnly(from) {
      const read = reader(from)
      // Of TLS 1.2 the server's Finished comes after the client's.
      const over = from === 'client' ? clientFinished : bothFinished
      return {
        bytes(chunk) {
          if (over(handshake)) return NOTHING
          return Buffer.concat(
            read(chunk)
              .filter(({ before }) => !over(before))
              .map(({ record }) => record.bytes),
          )
        },
        ends: () => !over(handshake),
      }
    },
  }
}
