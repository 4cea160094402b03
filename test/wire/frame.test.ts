import fc from 'fast-check'
import { Packr } from 'msgpackr'
import { describe, expect, it } from 'vitest'
import {
  decodeMap,
  encodeFrame,
  encodeMap,
  FrameError,
  FrameReader,
  LONGEST_FRAME,
  type WireMap,
} from '../../shared/wire/frame.ts'
import { bytes, cutAt, frameError } from './kit.ts'

const header = (length: number) => {
  const four = Buffer.alloc(4)
  four.writeUInt32BE(length)
  return four
}

/** A frame around any body, MessagePack or not. */
const framed = (body: Uint8Array) => Buffer.concat([header(body.length), body])

/** A map whose frame has a body of exactly this many bytes. */
function mapOf(size: number): WireMap {
  const withText = (length: number) => ({ type: 'x', text: 'a'.repeat(length) })
  return withText(size - (encodeMap(withText(size)).length - size))
}

const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.double({ noNaN: true }))
const wireMap: fc.Arbitrary<WireMap> = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 20 }).filter(key => key !== '__proto__'),
  fc.oneof(scalar, fc.array(scalar), fc.dictionary(fc.constantFrom('a', 'b', 'c'), scalar)),
  { noNullPrototype: true },
)
const dull = (map: unknown) => JSON.stringify(map)

describe('FrameReader', () => {
  it('gives the same maps however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(wireMap, { maxLength: 8 }), fc.array(fc.nat()), (maps, cuts) => {
        const reader = new FrameReader()
        const got = cutAt(Buffer.concat(maps.map(encodeFrame)), cuts).flatMap(piece => [...reader.push(piece)])
        expect(got.map(dull)).toEqual(maps.map(dull))
        expect(reader.rest).toHaveLength(0)
      }),
    )
  })

  it('gives a map with its last byte and not before', () => {
    const reader = new FrameReader()
    const frame = encodeFrame({ type: 'ping', id: 1 })
    for (const byte of frame.subarray(0, -1)) expect([...reader.push(Buffer.of(byte))]).toEqual([])
    expect([...reader.push(frame.subarray(-1))]).toEqual([{ type: 'ping', id: 1 }])
  })

  it('keeps what belongs to no whole frame, for the next protocol on the socket', () => {
    fc.assert(
      fc.property(wireMap, wireMap, fc.nat(), (first, second, at) => {
        const next = encodeFrame(second)
        const left = next.subarray(0, at % next.length)
        const reader = new FrameReader()
        expect([...reader.push(Buffer.concat([encodeFrame(first), left]))].map(dull)).toEqual([dull(first)])
        expect(reader.rest).toEqual(left)
        expect([...reader.push(next.subarray(left.length))].map(dull)).toEqual([dull(second)])
      }),
    )
  })

  it('is not disturbed when the pushed chunk is written over afterwards', () => {
    const reader = new FrameReader()
    const frame = encodeFrame({ type: 'ping', id: 7 })
    const chunk = Buffer.from(frame.subarray(0, 6))
    expect([...reader.push(chunk)]).toEqual([])
    chunk.fill(0xff)
    expect([...reader.push(frame.subarray(6))]).toEqual([{ type: 'ping', id: 7 }])
  })

  it('takes 1 MiB, and refuses one byte more as soon as the length is read', () => {
    const longest = encodeFrame(mapOf(LONGEST_FRAME))
    expect(longest).toHaveLength(4 + 1_048_576)
    expect([...new FrameReader().push(longest)]).toHaveLength(1)

    const reader = new FrameReader()
    const tooLong = header(LONGEST_FRAME + 1)
    expect([...reader.push(tooLong.subarray(0, 3))]).toEqual([])
    const error = frameError(() => [...reader.push(tooLong.subarray(3))])
    expect(error.code).toBe('frame-too-large')
    expect(error.message).toContain('1048577')
    expect(error.message).toContain('1048576')
    expect(frameError(() => [...new FrameReader().push(header(0xffff_ffff))]).code).toBe('frame-too-large')
  })

  it('gathers the longest frame from single bytes in linear time', () => {
    const frame = encodeFrame(mapOf(LONGEST_FRAME))
    const reader = new FrameReader()
    let maps = 0
    for (let at = 0; at < frame.length; at++) for (const _map of reader.push(frame.subarray(at, at + 1))) maps += 1
    expect(maps).toBe(1)
  }, 10_000)

  it('refuses a frame of no bytes', () => {
    expect(frameError(() => [...new FrameReader().push(header(0))]).code).toBe('frame-empty')
  })

  it('gives the good frames that stand before a bad one', () => {
    const got: WireMap[] = []
    const error = frameError(() => {
      for (const map of new FrameReader().push(Buffer.concat([encodeFrame({ type: 'a' }), header(0)]))) got.push(map)
    })
    expect(got).toEqual([{ type: 'a' }])
    expect(error.code).toBe('frame-empty')
  })

  it('throws nothing but a FrameError, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(bytes, bytes.map(framed)), { maxLength: 10 }), pieces => {
        const reader = new FrameReader()
        try {
          for (const piece of pieces) for (const map of reader.push(piece)) expect(typeof map).toBe('object')
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError)
        }
        // Whatever came before, the next connection's frames are read as ever.
        expect([...new FrameReader().push(encodeFrame({ type: 'ping', id: 64 }))]).toEqual([{ type: 'ping', id: 64 }])
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('decodeMap', () => {
  const foreign = new Packr({ useRecords: false, mapsAsObjects: false, moreTypes: true })
  const hex = (text: string) => Buffer.from(text, 'hex')

  it.each([
    ['nothing', hex('')],
    ['a map cut short', encodeMap({ type: 'ping', id: 1 }).subarray(0, -1)],
    ['two values', Buffer.concat([encodeMap({ a: 1 }), encodeMap({ b: 2 })])],
    ['a map with a map for a key', hex('8181a1610102')],
    ['an array that announces more than there is', hex('81a161dd01ffffff')],
    ['a map that announces more than there is', hex('dfffffffff')],
    ['text that announces more than there is', hex('81a161db7fffffff')],
    ['an extension that nobody here knows', hex('c70155aa')],
    [
      'arrays within arrays, deeper than any stack',
      Buffer.concat([hex('81a161'), Buffer.alloc(1_000_000, 0x91), hex('01')]),
    ],
  ])('not-messagepack: %s', (_what, body) => {
    expect(frameError(() => decodeMap(body)).code).toBe('not-messagepack')
  })

  it.each([
    ['an array', foreign.pack([1, 2])],
    ['a number', foreign.pack(42)],
    ['text', foreign.pack('ping')],
    ['bytes', foreign.pack(Buffer.from('ping'))],
    ['nothing', foreign.pack(null)],
    ['a time (extension -1)', foreign.pack(new Date())],
    ['a set (extension 0x73)', foreign.pack(new Set([1]))],
    ['an error (extension 0x65)', foreign.pack(new TypeError('x'))],
    ['a regular expression (extension 0x78)', foreign.pack(/x/)],
    ['the byte that MessagePack never uses', hex('c1')],
  ])('not-a-map: %s', (_what, body) => {
    expect(frameError(() => decodeMap(body)).code).toBe('not-a-map')
  })

  it('makes no prototype of a key', () => {
    const map = decodeMap(foreign.pack(new Map([['__proto__', new Map([['type', 'ping']])]])))
    expect(Object.getPrototypeOf(map)).toBe(Object.prototype)
    expect(map.type).toBeUndefined()
  })

  it('lets nobody define a record that another message is then read with', () => {
    // Extension 0x72 defines record 0x40 (the number 64 elsewhere) with the key "a".
    expect(decodeMap(hex('d4724091a16101'))).toEqual({ a: 1 })
    expect(decodeMap(encodeMap({ type: 'ping', id: 64 }))).toEqual({ type: 'ping', id: 64 })
  })
})

describe('encodeFrame', () => {
  it('does not send what the other side would refuse', () => {
    expect(frameError(() => encodeFrame(mapOf(LONGEST_FRAME + 1))).code).toBe('frame-too-large')
  })

  it('carries bytes as bytes', () => {
    const [map] = [...new FrameReader().push(encodeFrame({ type: 'x', der: Buffer.of(1, 2, 3) }))]
    expect(map?.der).toEqual(Buffer.of(1, 2, 3))
  })
})
