/** PROXY protocol headers of version 2 by hand. */
import { crc32c } from '../../shared/wire/crc32c.ts'

export function v2(kind: number, family: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const head = Buffer.from('\r\n\r\n\0\r\nQUIT\n\0\0\0\0', 'latin1')
  head[12] = kind
  head[13] = family
  head.writeUInt16BE(body.length, 14)
  return Buffer.concat([head, body])
}

export function tlv(type: number, value: string): Buffer {
  const head = Buffer.from([type, 0, 0])
  const bytes = Buffer.from(value, 'latin1')
  head.writeUInt16BE(bytes.length, 1)
  return Buffer.concat([head, bytes])
}

/** With the sum in its last four bytes, which are zero so far. */
export function checksummed(header: Buffer): Buffer {
  const summed = Buffer.from(header)
  summed.writeUInt32BE(crc32c(header), header.length - 4)
  return summed
}
