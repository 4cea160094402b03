/** The beginning of TDS, the protocol of Microsoft SQL Server (MS-TDS 2.2.6.5 "PRELOGIN"): as much as a port is recognised by. Pure. */

/** Packet types. */
export const PRELOGIN = 0x12
export const LOGIN7 = 0x10
export const RESPONSE = 0x04

/** Type, status (1: the last packet of a message), length of the whole (big-endian), process, number, window. */
export const HEADER = 8
/** Of one packet (MS-TDS 2.2.3.1.3). */
export const LONGEST = 32_767

const VERSION = 0
const ENCRYPTION = 1
const TRACEID = 5
const END = 0xff

/** TLS is not there (MS-TDS 2.2.6.5, ENCRYPT_NOT_SUP). */
const NO_TLS = 2
/** SQL Server 2019, 15.0.2000. */
const PRODUCT = Buffer.from([15, 0, 0x07, 0xd0, 0, 0])

export const packet = (type: number, body: Uint8Array): Buffer => {
  const head = Buffer.alloc(HEADER)
  head[0] = type
  head[1] = 1
  head.writeUInt16BE(HEADER + body.length, 2)
  head[6] = 1
  return Buffer.concat([head, body])
}

/** Bytes of the packet that begins here, as far as its header is there; 0 for what is none. */
export function packetLength(bytes: Uint8Array): number {
  if (bytes.length < HEADER) return HEADER
  const length = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)
  return length < HEADER || length > LONGEST ? 0 : length
}

/** Token, offset and length (big-endian) of each option, then their data. */
function options(given: readonly (readonly [token: number, data: Uint8Array])[]): Buffer {
  let offset = given.length * 5 + 1
  const heads = given.map(([token, data]) => {
    const head = Buffer.alloc(5)
    head[0] = token
    head.writeUInt16BE(offset, 1)
    head.writeUInt16BE(data.length, 3)
    offset += data.length
    return head
  })
  return Buffer.concat([...heads, Buffer.from([END]), ...given.map(([, data]) => data)])
}

function option(body: Buffer, wanted: number): Buffer | null {
  for (let at = 0; at + 5 <= body.length && body[at] !== END; at += 5) {
    if (body[at] !== wanted) continue
    const [offset, length] = [body.readUInt16BE(at + 1), body.readUInt16BE(at + 3)]
    return offset + length <= body.length ? body.subarray(offset, offset + length) : null
  }
  return null
}

/** A client's first message. The nonce is the id of its connection: the first 16 of TRACEID's 36 bytes. */
export const preLogin = (nonce: string): Buffer =>
  packet(
    PRELOGIN,
    options([
      [VERSION, Buffer.alloc(6)],
      [ENCRYPTION, Buffer.from([NO_TLS])],
      [TRACEID, Buffer.concat([Buffer.from(nonce.replaceAll('-', ''), 'hex'), Buffer.alloc(20)])],
    ]),
  )

export const preLoginAnswer = (): Buffer =>
  packet(
    RESPONSE,
    options([
      [VERSION, PRODUCT],
      [ENCRYPTION, Buffer.from([NO_TLS])],
    ]),
  )

/** Null where it is no PRELOGIN; a nonce where the client has one. */
export function readPreLogin(bytes: Buffer): { nonce: string | null } | null {
  const body = bytes.subarray(HEADER)
  if (bytes[0] !== PRELOGIN || option(body, VERSION)?.length !== 6) return null
  const id = option(body, TRACEID)?.subarray(0, 16).toString('hex') ?? ''
  return { nonce: /[1-9a-f]/.test(id) ? id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : null }
}

/** The version of the product that answers, `15.0.2000`; null where it is no answer to a PRELOGIN. */
export function readPreLoginAnswer(bytes: Buffer): string | null {
  const version = bytes[0] === RESPONSE ? option(bytes.subarray(HEADER), VERSION) : null
  return version?.length === 6 ? `${version[0]}.${version[1]}.${version.readUInt16BE(2)}` : null
}

/** "Login failed" (18456) with words of our own: tokens ERROR and DONE (MS-TDS 2.2.7). */
export function loginFailed(words: string): Buffer {
  const message = Buffer.from(words, 'utf16le')
  const error = Buffer.alloc(4 + 1 + 1 + 2)
  error.writeUInt32LE(18_456, 0)
  error[4] = 1
  error[5] = 14
  error.writeUInt16LE(words.length, 6)
  const rest = Buffer.concat([error, message, Buffer.alloc(1 + 1 + 4)])
  const length = Buffer.alloc(2)
  length.writeUInt16LE(rest.length)
  const done = Buffer.alloc(13)
  done[0] = 0xfd
  done[1] = 2
  return packet(RESPONSE, Buffer.concat([Buffer.from([0xaa]), length, rest, done]))
}
