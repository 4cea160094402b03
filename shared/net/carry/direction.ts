import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { CarryLeg } from '../carry.ts'
import { bulk, common, copied, keepSpare, type Pool, records } from './buffers.ts'
import { handleOf, NOTHING, presentHandle, readInto, setReading, writeNow } from './handle.ts'

/** Bytes of one turn where every direction is bulk: ending it costs a poll. */
const TURN = 4 * 1024 * 1024
/** Bytes of one turn while others say little and wait: what one read into the common buffer brings. */
const SHORT_TURN = 64 * 1024
/** A read of fewer bytes is a message. What bulk leaves in its socket is more, and must not pass for one. */
const MESSAGE = 4 * 1024
/** Of TLS: no more than this is decrypted at a time. */
const RECORD = 16 * 1024

/** Reads of messages, in all directions. */
let smallReads = 0

/** A socket, or a TLS socket, that can be read and written past its stream. */
const known = (stream: Duplex): Socket | null => (handleOf(stream as Socket) ? (stream as Socket) : null)

/** Carries the bytes, then the FIN, of one leg to the other. */
export class Direction {
  bytes = 0
  #from: Duplex
  #to: Duplex
  #reader: Socket | null
  #writer: Socket | null
  /** Of big buffers. */
  #pool: Pool
  /** A write is unfinished: nothing is read until it is done. */
  #waiting = false
  /** The FIN has come. TLS would send its own before the rest of an unfinished write, of which the stream knows nothing. */
  #ended = false
  /** Where the next read goes when that is not `common`. */
  #big: Buffer | null = null
  /** Bytes of decrypted records in `#big`. */
  #gathered = 0
  /** Bytes read without a pause in which other sockets had their turn. */
  #turn = 0
  /** `smallReads` at the end of the turn before. */
  #smallReads = 0
  /** The buffer of the unfinished write. */
  #lent: Buffer | null = null
  /** What came during an unfinished write: a TLS socket that is given two at a time ends the process. */
  #queue: Buffer[] = []

  constructor(from: CarryLeg, to: CarryLeg) {
    this.#from = from.stream
    this.#to = to.stream
    this.#reader = known(from.stream)
    this.#writer = known(to.stream)
    this.#pool = [from.stream, to.stream].some(stream => stream instanceof TLSSocket) ? records : bulk
  }

  start(): void {
    const from = this.#from
    from.on('end', () => {
      this.#flush()
      this.#returnBig()
      this.#ended = true
      if (!this.#waiting) this.#to.end()
    })
    if (from.readableEnded) this.#to.end()
    // What was read before it came here goes first.
    for (let chunk = from.read(); chunk !== null; chunk = from.read()) this.#send(chunk)
    if (from.readableEnded || from.destroyed) return
    const handle = this.#reader && presentHandle(this.#reader)
    if (handle)
      readInto(
        handle,
        common,
        from instanceof TLSSocket ? bytes => this.#readRecord(bytes) : bytes => this.#read(bytes),
      )
    else
      from.on('data', (chunk: Buffer) => {
        this.#send(chunk)
        if (this.#waiting) from.pause()
      })
    this.#resume()
    if (this.#waiting) this.#pause()
  }

  #resume(): void {
    if (this.#reader) setReading(this.#reader, true)
    else this.#from.resume()
  }

  #pause(): void {
    if (this.#reader) setReading(this.#reader, false)
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
    const room = (big ?? common).length
    this.#big = null
    this.#turn += bytes
    if (big) this.#sendLent(big, bytes)
    else this.#sendCopy(bytes)
    if (bytes < MESSAGE) smallReads += 1
    if (this.#waiting || bytes < room) {
      this.#turn = 0
      return common
    }
    if (this.#turn >= (smallReads === this.#smallReads ? TURN : SHORT_TURN)) {
      this.#smallReads = smallReads
      return NOTHING
    }
    this.#big = this.#pool.borrow()
    return this.#big ?? common
  }

  /**
   * TLS gives a record at a time, also after it was told to stop. What comes in one turn of the event loop is written at
   * once: a system call for every 16 KiB would cost more than to decrypt them.
   */
  #readRecord(bytes: number): Buffer {
    if (bytes === 0) return common
    if (this.#big) this.#gathered += bytes
    else {
      this.#big = this.#pool.borrow()
      if (this.#big === null) {
        this.#sendCopy(bytes)
        return common
      }
      common.copy(this.#big, 0, 0, bytes)
      this.#gathered = bytes
      setImmediate(this.#flush)
    }
    if (this.#big && this.#gathered + RECORD > this.#big.length) this.#flush()
    return this.#big ? this.#big.subarray(this.#gathered) : common
  }

  #flush = (): void => {
    const [big, bytes] = [this.#big, this.#gathered]
    if (big === null || bytes === 0) return
    this.#big = null
    this.#gathered = 0
    if (this.#waiting) {
      const own = Buffer.from(big.subarray(0, bytes))
      this.#pool.giveBack(big)
      this.#send(own)
    } else this.#sendLent(big, bytes)
    if (this.#reader) presentHandle(this.#reader)?.useUserBuffer(common)
  }

  #sendLent(big: Buffer, bytes: number): void {
    this.#send(sized(big, bytes))
    if (this.#waiting) {
      this.#lent = big
      this.#pause()
    } else this.#pool.giveBack(big)
  }

  /** Of the common buffer. */
  #sendCopy(bytes: number): void {
    const chunk = copied(bytes)
    this.#send(chunk)
    if (this.#waiting) this.#pause()
    else keepSpare(chunk)
  }

  #send(chunk: Buffer): void {
    this.bytes += chunk.length
    if (this.#waiting) this.#queue.push(chunk)
    else this.#write(chunk)
  }

  #write(chunk: Buffer): void {
    const to = this.#to
    const handle = this.#writer && presentHandle(this.#writer)
    if (handle && to.writableLength === 0 && to.writable) {
      this.#waiting = !writeNow(handle, chunk, this.#done)
      return
    }
    to.write(chunk, this.#written)
    this.#waiting = to.writableLength > 0
  }

  #done = (error: Error | null): void => {
    this.#waiting = false
    this.#returnLent()
    if (error) {
      this.#to.destroy(error)
      return
    }
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      this.#write(next)
      if (this.#waiting) return
    }
    if (this.#ended) this.#to.end()
    else this.#resume()
  }

  /** Both legs are gone. */
  over(): void {
    this.#returnBig()
    this.#returnLent()
  }

  #returnBig(): void {
    if (this.#big) this.#pool.giveBack(this.#big)
    this.#big = null
    this.#gathered = 0
  }

  #returnLent(): void {
    if (this.#lent) this.#pool.giveBack(this.#lent)
    this.#lent = null
  }

  #written = (error?: Error | null): void => {
    if (this.#waiting && this.#to.writableLength === 0) this.#done(error ?? null)
  }
}

const sized = (buffer: Buffer, bytes: number) => (bytes === buffer.length ? buffer : buffer.subarray(0, bytes))
