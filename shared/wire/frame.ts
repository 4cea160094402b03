/** Frames of docs/protocol.md section 1: `length(4, big-endian) | MessagePack map`. Pure: bytes in, maps out. */
import { Packr } from 'msgpackr'

/** 1 MiB; a synchronisation is a few KiB, packages travel by HTTP. */
export const LONGEST_FRAME = 1024 * 1024
const HEADER = 4

/** Plain maps only: records would need a table shared between the two ends. */
const packr = new Packr({ useRecords: false, mapsAsObjects: true })

export class FrameError extends Error {
  override name = 'FrameError'
  readonly code: 'frame-too-large' | 'frame-empty' | 'not-messagepack' | 'not-a-map'
  constructor(code: FrameError['code'], message: string) {
    super(message)
    this.code = code
  }
}

export type WireMap = Record<string, unknown>

export function encodeFrame(map: WireMap): Buffer {
  const body = packr.pack(map)
  if (body.length > LONGEST_FRAME)
    throw new FrameError('frame-too-large', `a frame of ${body.length} bytes; at most ${LONGEST_FRAME} may be sent`)
  const frame = Buffer.allocUnsafe(HEADER + body.length)
  frame.writeUInt32BE(body.length)
  body.copy(frame, HEADER)
  return frame
}

/** Takes bytes in pieces of any size and gives whole maps; after a FrameError it is of no further use. */
export class FrameReader {
  /** What is held stands at its start; the room behind it doubles, so that single bytes cost no more than large pieces. */
  #buffer: Buffer = Buffer.alloc(0)
  #held = 0

  /** Bytes that belong to no whole frame yet: what the next protocol on this socket starts with. */
  get rest(): Buffer {
    return this.#buffer.subarray(0, this.#held)
  }

  *push(chunk: Uint8Array): Generator<WireMap> {
    this.#take(chunk)
    while (this.#held >= HEADER) {
      const length = this.#buffer.readUInt32BE()
      if (length === 0) throw new FrameError('frame-empty', 'a frame of no bytes; a MessagePack map is expected')
      if (length > LONGEST_FRAME)
        throw new FrameError(
          'frame-too-large',
          `a frame of ${length} bytes is announced; at most ${LONGEST_FRAME} are accepted`,
        )
      const end = HEADER + length
      if (this.#held < end) return
      const body = this.#buffer.subarray(HEADER, end)
      this.#buffer = this.#buffer.subarray(end)
      this.#held -= end
      yield decodeMap(body)
    }
  }

  #take(chunk: Uint8Array): void {
    const held = this.#held + chunk.length
    if (held > this.#buffer.length) {
      const roomier = Buffer.allocUnsafe(Math.max(held, 2 * this.#held))
      this.rest.copy(roomier)
      this.#buffer = roomier
    }
    this.#buffer.set(chunk, this.#held)
    this.#held = held
  }
}

export function decodeMap(bytes: Uint8Array): WireMap {
  let value: unknown
  try {
    value = packr.unpack(bytes)
  } catch (cause) {
    throw new FrameError(
      'not-messagepack',
      `${bytes.length} bytes that are not MessagePack (${(cause as Error).message})`,
    )
  }
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    throw new FrameError('not-a-map', 'a MessagePack value that is not a map')
  return value as WireMap
}

export const encodeMap = (map: WireMap): Buffer => packr.pack(map)
