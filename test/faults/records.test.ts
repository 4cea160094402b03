import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitRecords, type TlsRecord } from '../../shared/faults/records.ts'

const record = fc
  .record({
    type: fc.integer({ min: 20, max: 23 }),
    minor: fc.integer({ min: 0, max: 4 }),
    body: fc.uint8Array({ maxLength: 400 }),
  })
  .map(({ type, minor, body }) => Buffer.from([type, 3, minor, body.length >> 8, body.length & 255, ...body]))

function feed(pieces: Buffer[]): { records: TlsRecord[]; rest: Buffer; broken: boolean } {
  const records: TlsRecord[] = []
  let rest: Buffer = Buffer.alloc(0)
  let broken = false
  for (const piece of pieces) {
    const split = splitRecords(Buffer.concat([rest, piece]))
    records.push(...split.records)
    rest = split.rest
    broken ||= split.broken
  }
  return { records, rest, broken }
}

const byByte = (bytes: Buffer) => Array.from(bytes, byte => Buffer.from([byte]))

test('byte by byte, the same records come out, and the beginning of the next stays', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 8 }), record, fc.nat(), (whole, last, cut) => {
      const begun = last.subarray(0, cut % last.length)
      const { records, rest, broken } = feed(byByte(Buffer.concat([...whole, begun])))
      expect(records.map(({ bytes }) => bytes)).toEqual(whole)
      expect(records.map(({ type }) => type)).toEqual(whole.map(bytes => bytes[0]))
      expect(records.map(({ body }) => body)).toEqual(whole.map(bytes => bytes.subarray(5)))
      expect(rest).toEqual(begun)
      expect(broken).toBe(false)
    }),
  )
})

test('cut anywhere, the same records come out', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 8 }), fc.array(fc.nat({ max: 3300 })), (whole, cuts) => {
      const stream = Buffer.concat(whole)
      const at = [0, ...cuts.filter(cut => cut < stream.length).sort((a, b) => a - b), stream.length]
      const pieces = at.slice(1).map((end, index) => stream.subarray(at[index], end))
      expect(feed(pieces).records.map(({ bytes }) => bytes)).toEqual(whole)
    }),
  )
})

test.each([
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\n'), 1],
  ['a lab frame', Buffer.from([0, 0, 0, 9]), 1],
  ['a record of SSL 2', Buffer.from([22, 2, 0, 0, 1]), 2],
  ['a longer record than TLS has', Buffer.from([23, 3, 3, 0x48, 0x01]), 5],
])('%s is no TLS, known from byte %#', (_name, bytes, from) => {
  expect(splitRecords(bytes.subarray(0, from - 1))).toMatchObject({ broken: false, records: [] })
  expect(splitRecords(bytes.subarray(0, from))).toEqual({ broken: true, records: [], rest: bytes.subarray(0, from) })
})

test('what follows good records is named as not TLS, and not lost', () => {
  const good = Buffer.from([21, 3, 3, 0, 2, 1, 0])
  const split = splitRecords(Buffer.concat([good, Buffer.from('hello')]))
  expect(split.records.map(({ bytes }) => bytes)).toEqual([good])
  expect(split).toMatchObject({ broken: true, rest: Buffer.from('hello') })
})
