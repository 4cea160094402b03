/**
 * Cuts a byte stream into TLS records without ending TLS (RFC 8446 section 5.1).
 *
 *   0       1       3        5
 *   +-------+-------+--------+------------------+
 *   | type  | 3, x  | length | body ...         |
 *   +-------+-------+--------+------------------+
 */

export const RECORD = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const

export interface TlsRecord {
  readonly type: number
  /** Header and body, as they came. */
  readonly bytes: Buffer
  readonly body: Buffer
}

export interface Split {
  readonly records: readonly TlsRecord[]
  /** What is left: the start of a record, or, where `broken`, bytes that no record starts with. */
  readonly rest: Buffer
  readonly broken: boolean
}

const HEADER = 5
/** TLS 1.2 lets a ciphertext be 2048 bytes longer than the 2^14 of its plaintext (RFC 5246 section 6.2.3); 1.3 needs less. */
const LONGEST = 2 ** 14 + 2048

/** Give it the former `rest` followed by the new bytes. */
export function splitRecords(bytes: Buffer): Split {
  const records: TlsRecord[] = []
  let at = 0
  for (;;) {
    const rest = bytes.subarray(at)
    if (!mayStartRecord(rest)) return { records, rest, broken: true }
    if (rest.length < HEADER) return { records, rest, broken: false }
    const end = HEADER + rest.readUInt16BE(3)
    if (rest.length < end) return { records, rest, broken: false }
    records.push({ type: rest.readUInt8(0), bytes: rest.subarray(0, end), body: rest.subarray(HEADER, end) })
    at += end
  }
}

/** Judges as much of the header as is there. */
function mayStartRecord(bytes: Buffer): boolean {
  const [type = RECORD.handshake, major = 3] = bytes
  if (type < RECORD.changeCipherSpec || type > RECORD.applicationData || major !== 3) return false
  return bytes.length < HEADER || bytes.readUInt16BE(3) <= LONGEST
}
