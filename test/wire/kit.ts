/** Bytes as strangers send them. */
import { duplexPair } from 'node:stream'
import { type ConnectionOptions, connect } from 'node:tls'
import fc from 'fast-check'
import { FrameError } from '../../shared/wire/frame.ts'

export const bytes = fc.uint8Array({ maxLength: 200 })

/** The same bytes in pieces; every number is a place to cut at. */
export function cutAt(whole: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map(cut => cut % (whole.length + 1)))].sort((a, b) => a - b)
  return [0, ...places].map((from, index) => whole.subarray(from, places[index] ?? whole.length))
}

/** The FrameError that this throws; anything else fails the test. */
export function frameError(work: () => unknown): FrameError {
  try {
    work()
  } catch (error) {
    if (error instanceof FrameError) return error
    throw error
  }
  throw new Error('a FrameError was to be thrown')
}

/** The first flight of a real client, without a socket. */
export async function clientHello(options: ConnectionOptions = {}): Promise<Buffer> {
  const [near, far] = duplexPair()
  const client = connect({ socket: near, rejectUnauthorized: false, ...options }).on('error', () => {})
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      far.once('data', resolve).once('error', reject)
    })
  } finally {
    client.destroy()
    far.destroy()
  }
}

/** The handshake message inside one or more records, as the one record or the many of `size` bytes that carry it. */
export function inRecords(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5)
  const records: Buffer[] = []
  for (let at = 0; at < message.length; at += size) {
    const fragment = message.subarray(at, at + size)
    const head = Buffer.of(22, 3, 1, fragment.length >> 8, fragment.length & 0xff)
    records.push(head, fragment)
  }
  return Buffer.concat(records)
}

export interface HandMadeHello {
  ciphers: readonly number[]
  /** In this order; those that have a value below carry it, the others are empty. */
  extensions: readonly number[]
  versions: readonly number[]
  signatures: readonly number[]
  alpn: readonly string[]
}

/** A ClientHello written out by hand, for clients that this machine does not have. */
export function handMade({ ciphers, extensions, versions, signatures, alpn }: HandMadeHello): Buffer {
  const values: Record<number, Buffer> = {
    0: vector(2, Buffer.concat([Buffer.of(0), vector(2, Buffer.from('a.example'))])),
    13: vector(2, uint16s(signatures)),
    16: vector(2, Buffer.concat(alpn.map(name => vector(1, Buffer.from(name, 'latin1'))))),
    43: vector(1, uint16s(versions)),
  }
  const body = Buffer.concat([
    uint16s([0x0303]),
    Buffer.alloc(32),
    vector(1, Buffer.alloc(0)),
    vector(2, uint16s(ciphers)),
    vector(1, Buffer.of(0)),
    vector(
      2,
      Buffer.concat(
        extensions.map(kind => Buffer.concat([uint16s([kind]), vector(2, values[kind] ?? Buffer.alloc(0))])),
      ),
    ),
  ])
  return Buffer.concat([Buffer.of(22, 3, 1), vector(2, Buffer.concat([Buffer.of(1), vector(3, body)]))])
}

const uint16s = (numbers: readonly number[]) => Buffer.concat(numbers.map(value => Buffer.of(value >> 8, value & 0xff)))

function vector(size: number, content: Buffer): Buffer {
  const length = Buffer.alloc(size)
  length.writeUIntBE(content.length, 0, size)
  return Buffer.concat([length, content])
}
