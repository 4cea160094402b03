/**
 * Reads a TLS ClientHello (RFC 8446 section 4.1.2) off the first bytes of a connection, without ending TLS.
 *
 *   record:    type(1)=22 version(2) length(2) | handshake: type(1)=1 length(3) | legacy_version(2) random(32)
 *   session_id<0..32> cipher_suites<2..2^16-2> compression<1..255> extensions<8..2^16-1>
 *
 * One ClientHello may be cut into several records.
 */
import { createHash } from 'node:crypto'

export interface ClientHello {
  sni: string | null
  alpn: string[]
  /** The public JA4 fingerprint: what kind of TLS client this is, whatever name it asks for. */
  ja4: string
  /** The first half of its random bytes, in hex. */
  random: string
}

export type ClientHelloResult =
  | { state: 'need-more' }
  | { state: 'not-tls' }
  | { state: 'complete'; hello: ClientHello }

const HANDSHAKE_RECORD = 22
const CLIENT_HELLO = 1
const EXTENSION = { serverName: 0, signatureAlgorithms: 13, alpn: 16, supportedVersions: 43 } as const
/** A ClientHello with post-quantum key shares is about 1.8 KiB; nobody needs more than this. */
const LONGEST = 64 * 1024

export function readClientHello(bytes: Uint8Array): ClientHelloResult {
  const handshake: Uint8Array[] = []
  let gathered = 0
  /** Bytes of the whole handshake message, once its head is here. */
  let wanted: number | null = null
  for (let at = 0; ; ) {
    if (bytes.length > at && bytes[at] !== HANDSHAKE_RECORD) return { state: 'not-tls' }
    if (bytes.length > at + 1 && bytes[at + 1] !== 3) return { state: 'not-tls' }
    if (bytes.length < at + 5) return { state: 'need-more' }
    const length = ((bytes[at + 3] as number) << 8) | (bytes[at + 4] as number)
    if (length === 0 || length > 16_640) return { state: 'not-tls' }
    const fragment = bytes.subarray(at + 5, at + 5 + length)
    handshake.push(fragment)
    gathered += fragment.length
    at += 5 + length
    if (wanted === null && gathered >= 4) {
      const head = Buffer.concat(handshake, 4)
      if (head[0] !== CLIENT_HELLO) return { state: 'not-tls' }
      wanted = 4 + head.readUIntBE(1, 3)
      if (wanted > LONGEST) return { state: 'not-tls' }
    }
    if (wanted !== null && gathered >= wanted) return finish(Buffer.concat(handshake, wanted).subarray(4))
    if (fragment.length < length) return { state: 'need-more' }
  }
}

function finish(body: Buffer): ClientHelloResult {
  try {
    return { state: 'complete', hello: parse(body) }
  } catch {
    // A length inside points past the end.
    return { state: 'not-tls' }
  }
}

/** Walks a buffer; reading past its end throws a RangeError. */
class Cursor {
  readonly #bytes: Buffer
  #at = 0
  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }
  get done(): boolean {
    return this.#at >= this.#bytes.length
  }
  number(size: number): number {
    const value = this.#bytes.readUIntBE(this.#at, size)
    this.#at += size
    return value
  }
  take(size: number): Buffer {
    if (this.#at + size > this.#bytes.length) throw new RangeError('past the end')
    this.#at += size
    return this.#bytes.subarray(this.#at - size, this.#at)
  }
  /** A vector whose length stands before it in `size` bytes. */
  vector(size: number): Cursor {
    return new Cursor(this.take(this.number(size)))
  }
  numbers(size: number): number[] {
    const all: number[] = []
    while (!this.done) all.push(this.number(size))
    return all
  }
  rest(): Buffer {
    return this.take(this.#bytes.length - this.#at)
  }
}

function parse(body: Buffer): ClientHello {
  const cursor = new Cursor(body)
  const legacyVersion = cursor.number(2)
  const random = cursor.take(32).toString('hex', 0, 16)
  cursor.vector(1)
  const ciphers = cursor.vector(2).numbers(2)
  cursor.vector(1)
  const kinds: number[] = []
  let sni: string | null = null
  let alpn: Buffer[] = []
  let versions = [legacyVersion]
  let signatures: number[] = []
  const extensions = cursor.done ? new Cursor(Buffer.alloc(0)) : cursor.vector(2)
  while (!extensions.done) {
    const kind = extensions.number(2)
    const data = extensions.vector(2)
    kinds.push(kind)
    if (kind === EXTENSION.serverName && !data.done) {
      const names = data.vector(2)
      names.number(1)
      sni = names.vector(2).rest().toString('latin1')
    } else if (kind === EXTENSION.alpn) {
      const protocols = data.vector(2)
      alpn = []
      while (!protocols.done) alpn.push(protocols.vector(1).rest())
    } else if (kind === EXTENSION.supportedVersions) versions = data.vector(1).numbers(2)
    else if (kind === EXTENSION.signatureAlgorithms) signatures = data.vector(2).numbers(2)
  }
  return {
    sni,
    alpn: alpn.map(name => name.toString('latin1')),
    random,
    ja4: ja4({ sni, alpn, versions, ciphers, kinds, signatures }),
  }
}

/** GREASE values (RFC 8701) are random by intention and say nothing of the client. */
const isGrease = (value: number) => (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff)
const VERSION_NAMES = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
])
const hex4 = (value: number) => value.toString(16).padStart(4, '0')
const twoDigits = (count: number) => String(Math.min(count, 99)).padStart(2, '0')
const hash12 = (text: string) =>
  text === '' ? '000000000000' : createHash('sha256').update(text).digest('hex').slice(0, 12)

interface Ja4Input {
  sni: string | null
  alpn: Buffer[]
  versions: number[]
  ciphers: number[]
  kinds: number[]
  signatures: number[]
}

/** JA4 as its authors publish it: `t13d1516h2_8daaf6152771_e5627efa2ab1`. */
function ja4({ sni, alpn, versions, ciphers, kinds, signatures }: Ja4Input): string {
  const version = VERSION_NAMES.get(Math.max(...versions.filter(value => !isGrease(value)))) ?? '00'
  const suites = ciphers.filter(value => !isGrease(value))
  const extensions = kinds.filter(value => !isGrease(value))
  const first = alpn[0]
  const named = extensions.filter(value => value !== EXTENSION.serverName && value !== EXTENSION.alpn)
  const list = named.map(hex4).sort().join(',')
  const algorithms = signatures
    .filter(value => !isGrease(value))
    .map(hex4)
    .join(',')
  return [
    `t${version}${sni === null ? 'i' : 'd'}${twoDigits(suites.length)}${twoDigits(extensions.length)}${alpnMark(first)}`,
    hash12(suites.map(hex4).sort().join(',')),
    hash12(list === '' ? '' : algorithms === '' ? list : `${list}_${algorithms}`),
  ].join('_')
}

function alpnMark(protocol: Buffer | undefined): string {
  if (protocol === undefined || protocol.length === 0) return '00'
  const text = protocol.toString('latin1')
  const marks = `${text[0]}${text.at(-1)}`
  if (/^[0-9A-Za-z]{2}$/.test(marks)) return marks
  const digits = protocol.toString('hex')
  return `${digits[0]}${digits.at(-1)}`
}
