/** What stands at the far ends of what is measured; each as cheap as it can be, so that it is not what is measured. */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { handleOf, readInto, setReading } from '../../shared/net/carry/handle.ts'

export const KINDS = ['sink', 'source', 'echo', 'greet'] as const
export type Kind = (typeof KINDS)[number]
export type Ports = Record<Kind, number>

const CHUNK = 256 * 1024
const SCRATCH = Buffer.alloc(CHUNK)
/** A write of this size is one record of TLS after another, without a copy between. */
const FULL = Buffer.alloc(CHUNK, 'x')

/** Reads and counts; sockets past their streams, as the gateway does it. */
export function discard(stream: Duplex, count: (bytes: number) => void): void {
  const handle = stream instanceof TLSSocket ? null : handleOf(stream as Socket)
  if (handle === null) {
    stream.on('data', (chunk: Buffer) => count(chunk.length))
    return
  }
  readInto(handle, SCRATCH, bytes => {
    count(bytes)
    return undefined
  })
  setReading(stream as Socket, true)
}

export function fill(stream: Duplex): void {
  const more = () => {
    while (stream.writable && stream.write(FULL));
  }
  stream.on('drain', more)
  more()
}

export const ends = (count: (bytes: number) => void): Record<Kind, (stream: Duplex) => void> => ({
  sink: stream => discard(stream, count),
  source: fill,
  echo: stream => void stream.on('data', chunk => stream.write(chunk)).on('end', () => stream.end()),
  /** One byte, once somebody has spoken. */
  greet: stream => void stream.once('data', () => stream.write('!')).on('end', () => stream.end()),
})
