/**
 * The header with which a proxy tells whom it speaks for (HAProxy, "The PROXY protocol, versions 1 and 2").
 *
 *   v1: `PROXY TCP4 192.0.2.1 198.51.100.1 50000 13000\r\n`, at most 107 bytes; `PROXY UNKNOWN ...\r\n`
 *   v2: signature(12) version(4 bits)=2 command(4 bits) family(4 bits) protocol(4 bits) length(2), then as many bytes:
 *       addresses, then TLVs: type(1) length(2) value
 */
import { crc32c } from './crc32c.ts'

interface Address {
  address: string
  port: number
}

export interface ProxyHeader {
  version: 1 | 2
  /** `LOCAL`: the proxy speaks for itself, a health check. */
  command: 'PROXY' | 'LOCAL'
  /** Null where the header names no TCP addresses: LOCAL, UNKNOWN, UNSPEC and what is no TCP over IP. */
  source: Address | null
  destination: Address | null
  /** Names of the fields after the addresses. */
  tlvs: string[]
}

export type ProxyHeaderResult =
  /** It begins as one does. */
  | { state: 'need-more' }
  | { state: 'none' }
  | { state: 'unreadable'; reason: string }
  | { state: 'complete'; header: ProxyHeader; length: number }

const V1 = Buffer.from('PROXY ')
const V2 = Buffer.from('\r\n\r\n\0\r\nQUIT\n')
/** Section 2.1: "107 bytes, CRLF included". */
const LONGEST_V1 = 107
/** The field goes to 65,535; addresses take 36, and no sender's TLVs as much as this (assumed). */
const LONGEST_V2 = 4_096
const CRC32C = 0x03
const TLV_NAMES = new Map([
  [0x01, 'ALPN'],
  [0x02, 'AUTHORITY'],
  [CRC32C, 'CRC32C'],
  [0x04, 'NOOP'],
  [0x05, 'UNIQUE_ID'],
  [0x20, 'SSL'],
  [0x30, 'NETNS'],
])

export function readProxyHeader(bytes: Uint8Array): ProxyHeaderResult {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (begins(whole, V2)) return whole.length < V2.length ? { state: 'need-more' } : readV2(whole)
  if (begins(whole, V1)) return whole.length < V1.length ? { state: 'need-more' } : readV1(whole)
  return { state: 'none' }
}

const begins = (bytes: Buffer, signature: Buffer): boolean => {
  const common = Math.min(bytes.length, signature.length)
  return bytes.subarray(0, common).equals(signature.subarray(0, common))
}

const unreadable = (reason: string): ProxyHeaderResult => ({ state: 'unreadable', reason })

function readV1(bytes: Buffer): ProxyHeaderResult {
  const end = bytes.subarray(0, LONGEST_V1).indexOf('\n')
  if (end === -1)
    return bytes.length < LONGEST_V1
      ? { state: 'need-more' }
      : unreadable(`version 1 without a line end in its first ${LONGEST_V1} bytes`)
  const line = bytes.subarray(0, end + 1).toString('latin1')
  if (!line.endsWith('\r\n')) return unreadable('version 1 whose line does not end with CR and LF')
  const text = line.slice(0, -2)
  const header = { version: 1, command: 'PROXY', source: null, destination: null, tlvs: [] } as const
  const length = end + 1
  // "The receiver must ignore anything presented before the CRLF."
  if (/^PROXY UNKNOWN(?: |$)/.test(text)) return { state: 'complete', header: { ...header, tlvs: [] }, length }
  const [, family = '', ...fields] = text.split(' ')
  const read = family === 'TCP4' ? ipv4 : family === 'TCP6' ? ipv6 : null
  const [from, to, fromPort, toPort] = fields
  const source = read && address(read(from), fromPort)
  const destination = read && address(read(to), toPort)
  if (!source || !destination || fields.length !== 4)
    return unreadable(
      `version 1 as ${JSON.stringify(text)}; expected is PROXY TCP4 or TCP6, two addresses and two ports, or PROXY UNKNOWN`,
    )
  return { state: 'complete', header: { ...header, source, destination, tlvs: [] }, length }
}

const address = (text: string | null, port: string | undefined): Address | null =>
  text !== null && port !== undefined && /^(0|[1-9]\d{0,4})$/.test(port) && Number(port) <= 65_535
    ? { address: text, port: Number(port) }
    : null

function ipv4(text: string | undefined): string | null {
  const parts = (text ?? '').split('.')
  return parts.length === 4 && parts.every(part => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
    ? parts.join('.')
    : null
}

/** In the one spelling that RFC 5952 recommends, as sockets give it. */
function ipv6(text: string | undefined): string | null {
  if (text === undefined || !/^[0-9a-f:.]{2,45}$/i.test(text)) return null
  return URL.parse(`http://[${text}]/`)?.hostname.slice(1, -1) ?? null
}

function readV2(bytes: Buffer): ProxyHeaderResult {
  const kind = bytes[12]
  if (kind === undefined) return { state: 'need-more' }
  if (kind >> 4 !== 2) return unreadable(`version ${kind >> 4} behind the signature of version 2`)
  const command = (['LOCAL', 'PROXY'] as const)[kind & 0x0f]
  if (!command) return unreadable(`version 2 with the command ${kind & 0x0f}; 0 (LOCAL) and 1 (PROXY) are known`)
  if (bytes.length < 16) return { state: 'need-more' }
  const following = bytes.readUInt16BE(14)
  if (following > LONGEST_V2)
    return unreadable(`version 2 that announces ${following} bytes; ${LONGEST_V2} are read at most`)
  const length = 16 + following
  if (bytes.length < length) return { state: 'need-more' }
  const header: ProxyHeader = { version: 2, command, source: null, destination: null, tlvs: [] }
  // "The receiver must accept this connection as valid and must use the real connection endpoints."
  if (command === 'LOCAL') return { state: 'complete', header, length }
  const family = bytes[13] as number
  const size = ADDRESS_SIZES.get(family)
  if (size === undefined) return unreadable(`version 2 with the unknown family and protocol 0x${hex(family)}`)
  if (following < size.bytes * 2 + size.ports * 2)
    return unreadable(`version 2 whose ${following} bytes are too few for the addresses of 0x${hex(family)}`)
  if (size.ports === 0) return { state: 'complete', header, length }
  const body = bytes.subarray(16, length)
  const end = size.bytes * 2
  const name = (at: number, port: number): Address => ({
    address: inWords(body.subarray(at, at + size.bytes)),
    port: body.readUInt16BE(port),
  })
  const fields = readTlvs(bytes.subarray(0, length), 16 + end + 4)
  if (typeof fields === 'string') return unreadable(fields)
  const isStream = (family & 0x0f) === 1
  return {
    state: 'complete',
    header: {
      ...header,
      source: isStream ? name(0, end) : null,
      destination: isStream ? name(size.bytes, end + 2) : null,
      tlvs: fields,
    },
    length,
  }
}

/** By family and protocol: unspecified, TCP and UDP over IPv4 and IPv6, UNIX sockets. */
const ADDRESS_SIZES = new Map([
  [0x00, { bytes: 0, ports: 0 }],
  [0x11, { bytes: 4, ports: 2 }],
  [0x12, { bytes: 4, ports: 2 }],
  [0x21, { bytes: 16, ports: 2 }],
  [0x22, { bytes: 16, ports: 2 }],
  [0x31, { bytes: 108, ports: 0 }],
  [0x32, { bytes: 108, ports: 0 }],
])

const hex = (value: number): string => value.toString(16).padStart(2, '0')

function inWords(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.')
  // As a dual-stack socket shows an IPv4 peer.
  if (bytes.subarray(0, 10).every(byte => byte === 0) && bytes.readUInt16BE(10) === 0xffff)
    return bytes.subarray(12).join('.')
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16))
  return ipv6(groups.join(':')) ?? groups.join(':')
}

/** Their names, or what is wrong with them. */
function readTlvs(whole: Buffer, from: number): string[] | string {
  const names: string[] = []
  for (let at = from; at < whole.length; ) {
    if (at + 3 > whole.length) return 'version 2 that ends within a TLV'
    const type = whole[at] as number
    const length = whole.readUInt16BE(at + 1)
    const value = at + 3
    if (value + length > whole.length)
      return `version 2 with a TLV 0x${hex(type)} of ${length} bytes, of which ${whole.length - value} are there`
    if (type === CRC32C) {
      if (length !== 4) return `version 2 with a checksum of ${length} bytes instead of 4`
      const summed = Buffer.from(whole).fill(0, value, value + 4)
      if (crc32c(summed) !== whole.readUInt32BE(value)) return 'version 2 whose checksum (CRC-32C) does not hold'
    }
    names.push(TLV_NAMES.get(type) ?? `0x${hex(type)}`)
    at = value + length
  }
  return names
}
