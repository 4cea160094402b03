import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { CarryLeg } from '../carry.ts'
import { borrow, common, copied, giveBack, keepSpare } from './buffers.ts'
import { handleOf, NOTHING, presentHandle, readInto, setReading, writeNow } from './handle.ts'

/** Bytes of one turn where every direction is bulk: ending it costs a poll. */
const TURN = 4 * 1024 * 1024
/** Bytes of one turn while others say little and wait: what one read into the common buffer brings. */
const SHORT_TURN = 64 * 1024
/** A read of fewer bytes is a message. What bulk leaves in its socket is more, and must not pass for one. */
const MESSAGE = 4 * 1024

/** Reads of messages, in all directions. */
let smallReads = 0

/** Carries the bytes, then the FIN, of one leg to the other. */
export class Direction {
  bytes = 0
  #from: Duplex
  #to: Duplex
  /** Both legs are plain sockets whose handles are known. */
  #direct: { from: Socket; to: Socket } | null = null
  /** A write is unfinished: nothing is read until it is done. */
  #waiting = false
  /** Where the next read goes when that is not `common`. */
  #big: Buffer | null = null
  /** Bytes read without a pause in which other sockets had their turn. */
  #turn = 0
  /** `smallReads` at the end of the turn before. */
  #smallReads = 0
  /** The buffer of the unfinished write. */
  #lent: Buffer | null = null

  constructor(from: CarryLeg, to: CarryLeg) {
    this.#from = from.stream
    this.#to = to.stream
    if (from.stream === from.raw && to.stream === to.raw && handleOf(from.raw) && handleOf(to.raw))
      this.#direct = { from: from.raw, to: to.raw }
  }

  start(): void {
    const from = this.#from
    from.on('end', () => {
      this.#returnBig()
      this.#to.end()
    })
    if (from.readableEnded) this.#to.end()
    // What was read before it came here goes first.
    for (let chunk = from.read(); chunk !== null; chunk = from.read()) this.#send(chunk)
    if (from.readableEnded || from.destroyed) return
    const handle = this.#direct && presentHandle(this.#direct.from)
    if (handle) readInto(handle, common, bytes => this.#read(bytes))
    else
      from.on('data', (chunk: Buffer) => {
        this.#send(chunk)
        if (this.#waiting) from.pause()
      })
    this.#resume()
    if (this.#waiting) this.#pause()
  }

  #resume(): void {
    if (this.#direct) setReading(this.#direct.from, true)
    else this.#from.resume()
  }

  #pause(): void {
    if (this.#direct) setReading(this.#direct.from, false)
    else this.#from.pause()
  }

  /** Returns where the next read goes: nobody keeps a big buffer while he waits for bytes. */
  #read(bytes: number): Buffer {
    if (bytes === 0) {
      this.#returnBig()
      this.#turn = 0
      return common
    }
    const big = this.#big
    this.#big = null
    this.#turn += bytes
    const chunk = big ? (bytes === big.length ? big : big.subarray(0, bytes)) : copied(bytes)
    this.#send(chunk)
    this.#lent = big
    if (this.#waiting) this.#pause()
    else if (!big) keepSpare(chunk)
    if (!this.#waiting) this.#returnLent()
    if (bytes < MESSAGE) smallReads += 1
    if (this.#waiting || bytes < (big ?? common).length) {
      this.#turn = 0
      return common
    }
    if (this.#turn >= (smallReads === this.#smallReads ? TURN : SHORT_TURN)) {
      this.#smallReads = smallReads
      return NOTHING
    }
    this.#big = borrow()
    return this.#big ?? common
  }

  #send(chunk: Buffer): void {
    this.bytes += chunk.length
    const to = this.#to
    const handle = this.#direct && presentHandle(this.#direct.to)
    if (handle && to.writableLength === 0 && !this.#waiting && to.writable) {
      this.#waiting = !writeNow(handle, chunk, this.#done)
      return
    }
    to.write(chunk, this.#written)
    this.#waiting = to.writableLength > 0
  }

  #done = (error: Error | null): void => {
    this.#waiting = false
    this.#returnLent()
    if (error) this.#to.destroy(error)
    else this.#resume()
  }

  /** Both legs are gone. */
  over(): void {
    this.#returnBig()
    this.#returnLent()
  }

  #returnBig(): void {
    if (this.#big) giveBack(this.#big)
    this.#big = null
  }

  #returnLent(): void {
    if (this.#lent) giveBack(this.#lent)
    this.#lent = null
  }

  #written = (error?: Error | null): void => {
    if (this.#waiting && this.#to.writableLength === 0) this.#done(error ?? null)
  }
}
