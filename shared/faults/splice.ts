import type { Socket } from 'node:net'
import { type Duplex, Transform } from 'node:stream'

/** One end of a connection through the middlebox. */
export interface Leg {
  /** Where bytes are read and written: the socket, or TLS upon it. */
  readonly stream: Duplex
  /** The socket below, which alone can send RST. */
  readonly raw: Socket
}

export const plain = (raw: Socket): Leg => ({ stream: raw, raw })

/** What one direction lets through. */
export interface Gate {
  /** The part of these bytes that goes on. A promise holds the sender back until it is settled. */
  bytes(chunk: Buffer): Buffer | Promise<Buffer>
  /** Does the sender's end, FIN or RST, go on? */
  ends(): boolean
}

const OPEN: Gate = { bytes: chunk => chunk, ends: () => true }
export const NOTHING = Buffer.alloc(0)

/**
 * Ties two connections together: bytes with back-pressure, half-close as half-close, RST as RST.
 *
 *   client  -- request gate -->  upstream
 *           <--  reply gate  --
 *
 * An end that a gate keeps back is made good once both sides have ended, so that no socket outlives its use.
 */
export function splice(client: Leg, upstream: Leg, gates: { request?: Gate; reply?: Gate } = {}): void {
  if (client.stream.destroyed) return void upstream.raw.resetAndDestroy()
  if (upstream.stream.destroyed) return void client.raw.resetAndDestroy()
  const ended = new Set<Leg>()
  carry(client, upstream, gates.request ?? OPEN, ended)
  carry(upstream, client, gates.reply ?? OPEN, ended)
}

function carry(from: Leg, to: Leg, gate: Gate, ended: Set<Leg>): void {
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const passed = gate.bytes(chunk)
      if (passed instanceof Promise) passed.then(bytes => done(null, bytes), done)
      else done(null, passed)
    },
  })
  const over = () => {
    ended.add(from)
    if (gate.ends() || ended.has(to)) to.stream.end()
    if (ended.has(to)) from.stream.end()
  }
  from.stream.pipe(through).pipe(to.stream, { end: false })
  through.once('end', over)
  from.stream.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNRESET' && gate.ends()) to.raw.resetAndDestroy()
    else over()
  })
  // With nobody left to write to, read on until the sender has ended too.
  to.stream.once('close', () => {
    ended.add(to)
    through.resume()
  })
}
