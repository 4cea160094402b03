/** PROXY protocol headers byte by byte, as HAProxy's document gives them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32c } from '../../shared/wire/crc32c.ts'
import { readProxyHeader } from '../../shared/wire/proxy-header.ts'
import { checksummed, tlv, v2 } from './proxy-header-kit.ts'

const read = (bytes: Uint8Array | string) => readProxyHeader(Buffer.from(bytes as string))
const reason = (bytes: Uint8Array | string) => {
  const result = read(bytes)
  return result.state === 'unreadable' ? result.reason : result.state
}
const ends = {
  source: { address: '192.0.2.1', port: 50_000 },
  destination: { address: '198.51.100.1', port: 13_000 },
}
const FOUR = Buffer.from([192, 0, 2, 1, 198, 51, 100, 1, 0xc3, 0x50, 0x32, 0xc8])
const SIX = Buffer.concat([
  Buffer.from('20010db8000000000000000000000001', 'hex'),
  Buffer.from('20010db8000000000000000000000002', 'hex'),
  Buffer.from([0xc3, 0x50, 0x32, 0xc8]),
])

describe('version 1', () => {
  it.each([
    ['TCP over IPv4', 'PROXY TCP4 192.0.2.1 198.51.100.1 50000 13000\r\n', ends],
    [
      'TCP over IPv6, in the spelling of sockets',
      'PROXY TCP6 2001:DB8:0::0001 2001:db8::2 50000 13000\r\n',
      { source: { address: '2001:db8::1', port: 50_000 }, destination: { address: '2001:db8::2', port: 13_000 } },
    ],
    ['UNKNOWN', 'PROXY UNKNOWN\r\n', { source: null, destination: null }],
    [
      'UNKNOWN, with addresses that nobody looks at',
      'PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n',
      { source: null, destination: null },
    ],
  ])('%s', (_what, text, addresses) => {
    expect(read(`${text}more`)).toEqual({
      state: 'complete',
      header: { version: 1, command: 'PROXY', tlvs: [], ...addresses },
      length: text.length,
    })
  })

  it.each([
    ['a name', 'PROXY TCP4 client 198.51.100.1 50000 13000\r\n'],
    ['IPv6 as TCP4', 'PROXY TCP4 2001:db8::1 2001:db8::2 50000 13000\r\n'],
    ['IPv4 as TCP6', 'PROXY TCP6 192.0.2.1 198.51.100.1 50000 13000\r\n'],
    ['a part above 255', 'PROXY TCP4 192.0.2.256 198.51.100.1 50000 13000\r\n'],
    ['a leading zero', 'PROXY TCP4 192.0.02.1 198.51.100.1 50000 13000\r\n'],
    ['a port above 65535', 'PROXY TCP4 192.0.2.1 198.51.100.1 65536 13000\r\n'],
    ['two spaces', 'PROXY TCP4  192.0.2.1 198.51.100.1 50000 13000\r\n'],
    ['no ports', 'PROXY TCP4 192.0.2.1 198.51.100.1\r\n'],
    ['one field too many', 'PROXY TCP4 192.0.2.1 198.51.100.1 50000 13000 1\r\n'],
    ['another family', 'PROXY UDP4 192.0.2.1 198.51.100.1 50000 13000\r\n'],
    ['nothing', 'PROXY \r\n'],
  ])('with %s is unreadable, and quoted', (_what, text) => {
    expect(reason(text)).toBe(
      `version 1 as ${JSON.stringify(text.trimEnd() === 'PROXY' ? 'PROXY ' : text.slice(0, -2))}; expected is PROXY TCP4 or TCP6, two addresses and two ports, or PROXY UNKNOWN`,
    )
  })

  it('ends with CR and LF, within 107 bytes', () => {
    expect(reason('PROXY UNKNOWN\n')).toContain('does not end with CR and LF')
    const longest = `PROXY UNKNOWN ${'x'.repeat(91)}`
    expect(reason(`${longest}\r\n`)).toBe('complete')
    expect(reason(`${longest}x`)).toBe('need-more')
    expect(reason(`${longest}x\r\n`)).toContain('without a line end in its first 107 bytes')
  })
})

describe('version 2', () => {
  it.each([
    ['TCP over IPv4', v2(0x21, 0x11, FOUR), ends],
    [
      'TCP over IPv6',
      v2(0x21, 0x21, SIX),
      { source: { address: '2001:db8::1', port: 50_000 }, destination: { address: '2001:db8::2', port: 13_000 } },
    ],
    [
      'IPv4 within IPv6',
      v2(0x21, 0x21, Buffer.from(`${'00000000000000000000ffffc0000201'.repeat(2)}c35032c8`, 'hex')),
      { source: { address: '192.0.2.1', port: 50_000 }, destination: { address: '192.0.2.1', port: 13_000 } },
    ],
    ['UNSPEC, whatever follows', v2(0x21, 0x00, Buffer.from('anything')), { source: null, destination: null }],
    ['UDP', v2(0x21, 0x12, FOUR), { source: null, destination: null }],
    ['UNIX sockets', v2(0x21, 0x31, Buffer.alloc(216)), { source: null, destination: null }],
  ])('%s', (_what, bytes, addresses) => {
    expect(read(Buffer.concat([bytes, Buffer.from('more')]))).toEqual({
      state: 'complete',
      header: { version: 2, command: 'PROXY', tlvs: [], ...addresses },
      length: bytes.length,
    })
  })

  it('LOCAL: no addresses, whatever is there', () => {
    expect(read(v2(0x20, 0x11, FOUR))).toMatchObject({ header: { command: 'LOCAL', source: null, destination: null } })
    expect(read(v2(0x20, 0xff, Buffer.from('anything')))).toMatchObject({ state: 'complete' })
  })

  it('names its TLVs, known and unknown', () => {
    const fields = [tlv(0x02, 'klserver.lan.ksc-lab.test'), tlv(0x04, ''), tlv(0xe0, 'mine')]
    expect(read(v2(0x21, 0x11, FOUR, ...fields))).toMatchObject({
      header: { ...ends, tlvs: ['AUTHORITY', 'NOOP', '0xe0'] },
    })
  })

  it('holds its checksum to be right', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
    const right = checksummed(v2(0x21, 0x11, FOUR, tlv(0x05, 'id'), tlv(0x03, '\0\0\0\0')))
    expect(read(right)).toMatchObject({ header: { ...ends, tlvs: ['UNIQUE_ID', 'CRC32C'] } })
    const wrong = Buffer.from(right)
    wrong[16] = 193
    expect(reason(wrong)).toContain('checksum (CRC-32C) does not hold')
    expect(reason(v2(0x21, 0x11, FOUR, tlv(0x03, 'x')))).toContain('checksum of 1 bytes')
  })

  it.each([
    ['another version', v2(0x31, 0x11, FOUR), 'version 3 behind the signature of version 2'],
    ['another command', v2(0x22, 0x11, FOUR), 'the command 2'],
    ['an unknown family', v2(0x21, 0x41, FOUR), 'unknown family and protocol 0x41'],
    ['half of its addresses', v2(0x21, 0x11, FOUR.subarray(0, 11)), '11 bytes are too few for the addresses of 0x11'],
    ['a TLV that is longer than the header', v2(0x21, 0x11, FOUR, Buffer.from([4, 0, 9, 0])), 'of 9 bytes, of which 1'],
    ['half of a TLV', v2(0x21, 0x11, FOUR, Buffer.from([4, 0])), 'ends within a TLV'],
    ['65,535 bytes to come', v2(0x21, 0x11, FOUR).fill(0xff, 14, 16).subarray(0, 16), 'announces 65535 bytes; 4096'],
  ])('with %s is unreadable', (_what, bytes, words) => {
    expect(reason(bytes)).toContain(words)
  })
})

const headers = fc.oneof(
  fc
    .tuple(fc.ipV4(), fc.ipV4(), fc.nat(65_535), fc.nat(65_535))
    .map(([from, to, one, other]) => Buffer.from(`PROXY TCP4 ${from} ${to} ${one} ${other}\r\n`)),
  fc
    .tuple(
      fc.uint8Array({ minLength: 12, maxLength: 12 }),
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }),
    )
    .map(([four, values]) =>
      v2(0x21, 0x11, four, ...values.map(value => tlv(0xe0, Buffer.from(value).toString('latin1')))),
    ),
)

describe('any bytes', () => {
  it('a header is complete with its last byte, not before, and what follows is not part of it', () => {
    fc.assert(
      fc.property(headers, fc.uint8Array({ maxLength: 40 }), (header, rest) => {
        for (let length = 0; length < header.length; length++)
          expect(readProxyHeader(header.subarray(0, length)).state).toBe('need-more')
        expect(readProxyHeader(Buffer.concat([header, rest]))).toMatchObject({
          state: 'complete',
          length: header.length,
        })
      }),
      { numRuns: 200 },
    )
  })

  it('behind a signature are read, or refused in words, and never more is asked for than a header holds', () => {
    const signatures = [Buffer.from('PROXY '), v2(0x21, 0, Buffer.alloc(0)).subarray(0, 12)]
    fc.assert(
      fc.property(fc.constantFrom(...signatures), fc.uint8Array({ maxLength: 400 }), (signature, rest) => {
        const bytes = Buffer.concat([signature, rest])
        const result = readProxyHeader(bytes)
        expect(result.state).not.toBe('none')
        if (result.state === 'complete') expect(result.length).toBeLessThanOrEqual(bytes.length)
        const all = Buffer.concat([bytes, Buffer.alloc(4_200)])
        expect(readProxyHeader(all).state).not.toBe('need-more')
      }),
      { numRuns: 500 },
    )
  })

  it('that are none are none with the first that differs', () => {
    expect(read('\x16\x03\x01').state).toBe('none')
    expect(read('PROXZ').state).toBe('none')
    expect(read('PRO').state).toBe('need-more')
    expect(read('\r\n\r\n\0\r\nQUIX').state).toBe('none')
  })
})
