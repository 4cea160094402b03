import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type ClientHelloResult, readClientHello } from '../../shared/wire/client-hello.ts'
import { bytes, clientHello, handMade, inRecords } from './kit.ts'

/** What a reader says who is given one byte more each time, until it is done. */
function byByte(whole: Buffer): { result: ClientHelloResult; after: number } {
  for (let after = 0; after <= whole.length; after++) {
    const result = readClientHello(whole.subarray(0, after))
    if (result.state !== 'need-more') return { result, after }
  }
  return { result: { state: 'need-more' }, after: whole.length }
}

const ja4Of = (whole: Buffer): string => {
  const result = readClientHello(whole)
  if (result.state !== 'complete') throw new Error(`no ClientHello but ${result.state}`)
  return result.hello.ja4
}

describe('a ClientHello of node:tls', () => {
  let whole: Buffer
  beforeAll(async () => {
    whole = await clientHello({ servername: 'klserver.lan.ksc-lab.test', ALPNProtocols: ['h2', 'http/1.1'] })
  })

  it('is complete with its last byte and not before', () => {
    const { result, after } = byByte(whole)
    expect(after).toBe(whole.length)
    expect(result).toMatchObject({
      state: 'complete',
      hello: { sni: 'klserver.lan.ksc-lab.test', alpn: ['h2', 'http/1.1'] },
    })
  })

  it('names neither what was not asked for', async () => {
    expect(readClientHello(await clientHello())).toMatchObject({ state: 'complete', hello: { sni: null, alpn: [] } })
  })

  it.each([1, 2, 3, 4, 5, 64, 200])('reads the same from records of %i bytes', size => {
    const cut = inRecords(whole, size)
    expect(byByte(cut)).toEqual({ result: readClientHello(whole), after: cut.length })
  })

  it('is read whatever follows it', () => {
    fc.assert(
      fc.property(bytes, more => {
        expect(readClientHello(Buffer.concat([whole, more]))).toEqual(readClientHello(whole))
      }),
    )
  })

  it('never throws and never claims to be whole when bytes of it are changed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 20 }),
        fc.nat(),
        (changes, end) => {
          const broken = Buffer.from(whole)
          for (const [at, value] of changes) broken[at % broken.length] = value
          expect(['need-more', 'not-tls', 'complete']).toContain(readClientHello(broken).state)
          const short = end % whole.length
          if (broken.subarray(0, 9).equals(whole.subarray(0, 9)))
            expect(readClientHello(broken.subarray(0, short)).state).not.toBe('complete')
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('has a JA4 that the name does not change, save for the mark that there is one', async () => {
    const options = { ALPNProtocols: ['h2'] }
    const [one, other, none] = await Promise.all([
      clientHello({ ...options, servername: 'a.example' }),
      clientHello({ ...options, servername: 'quite-another-name.example' }),
      clientHello(options),
    ])
    expect(ja4Of(one)).toMatch(/^t13d\d{4}h2_[0-9a-f]{12}_[0-9a-f]{12}$/)
    expect(ja4Of(other)).toBe(ja4Of(one))
    const [, , rest] = ja4Of(none).split('_')
    expect(ja4Of(none)).toMatch(/^t13i/)
    expect(rest).toBe(ja4Of(one).split('_')[2])
  })

  it('has a JA4 that tells its ALPN, version and ciphers', async () => {
    const options = { servername: 'a.example' }
    expect(ja4Of(await clientHello({ ...options, ALPNProtocols: ['http/1.1'] }))).toMatch(/^t13d\d{4}h1_/)
    expect(ja4Of(await clientHello(options))).toMatch(/^t13d\d{4}00_/)
    expect(ja4Of(await clientHello({ ...options, maxVersion: 'TLSv1.2' }))).toMatch(/^t12d/)
    const one = ja4Of(await clientHello({ ...options, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }))
    const two = ja4Of(await clientHello({ ...options, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES256-GCM-SHA384' }))
    expect(one.split('_')[1]).not.toBe(two.split('_')[1])
  })
})

describe('JA4', () => {
  // The worked example of the JA4 specification (FoxIO, technical_details/JA4.md), with a GREASE value in every list.
  const chrome = {
    ciphers: [
      0x0a0a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d,
      0x002f, 0x0035,
    ],
    extensions: [
      0x2a2a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b, 0xff01,
      0x000b, 0x000a, 0x0015,
    ],
    versions: [0x3a3a, 0x0304, 0x0303],
    signatures: [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601],
    alpn: ['h2', 'http/1.1'],
  }

  it('is that of the published example', () => {
    expect(ja4Of(handMade(chrome))).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1')
  })

  it('does not change with the order of ciphers and extensions, which some clients shuffle', () => {
    const shuffled = { ...chrome, ciphers: chrome.ciphers.toReversed(), extensions: chrome.extensions.toReversed() }
    expect(ja4Of(handMade(shuffled))).toBe(ja4Of(handMade(chrome)))
  })

  it.each([
    [['h2'], 'h2'],
    [['http/1.1'], 'h1'],
    [['x'], 'xx'],
    [['\xab\xcd'], 'ad'],
    [['-a'], '21'],
  ])('marks the protocol %j as %s', (alpn, mark) => {
    expect(ja4Of(handMade({ ...chrome, alpn })).slice(8, 10)).toBe(mark)
  })

  it.each([
    [[0x0302], '11'],
    [[0x0301], '10'],
    [[0x0300], 's3'],
    [[0x7f1c], '00'],
    [[0x1a1a], '00'],
  ])('names the version of %j as %s', (versions, mark) => {
    expect(ja4Of(handMade({ ...chrome, versions })).slice(1, 3)).toBe(mark)
  })

  it('counts to 99', () => {
    const ciphers = Array.from({ length: 300 }, (_, index) => index)
    expect(ja4Of(handMade({ ...chrome, ciphers })).slice(4, 6)).toBe('99')
  })
})

describe('what is no ClientHello', () => {
  it('never throws and never says complete', () => {
    fc.assert(
      fc.property(bytes, garbage => {
        expect(readClientHello(garbage).state).not.toBe('complete')
      }),
      { numRuns: 1_000 },
    )
  })

  it('never throws behind a record and handshake header that promise one', () => {
    fc.assert(
      fc.property(bytes, body => {
        const message = Buffer.concat([Buffer.of(1, 0, body.length >> 8, body.length & 0xff), body])
        const record = Buffer.concat([Buffer.of(22, 3, 1, message.length >> 8, message.length & 0xff), message])
        expect(['not-tls', 'complete']).toContain(readClientHello(record).state)
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    ['the first bytes of HTTP', Buffer.from('GET / HTTP/1.1\r\n')],
    ['an alert', Buffer.of(21, 3, 3, 0, 2, 2, 40)],
    ['a ServerHello', Buffer.of(22, 3, 3, 0, 4, 2, 0, 0, 0)],
    ['an empty record', Buffer.of(22, 3, 1, 0, 0)],
    ['a record longer than any may be', Buffer.of(22, 3, 1, 0x41, 0x01)],
    ['a major version that TLS never had', Buffer.of(22, 2)],
    ['a ClientHello of 16 MiB', Buffer.of(22, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff)],
  ])('not-tls: %s', (_what, start) => {
    expect(readClientHello(start)).toEqual({ state: 'not-tls' })
  })

  it('decides by the first byte', () => {
    expect(readClientHello(Buffer.alloc(0)).state).toBe('need-more')
    expect(readClientHello(Buffer.of(22)).state).toBe('need-more')
    expect(readClientHello(Buffer.of(23)).state).toBe('not-tls')
  })

  it('costs no more in records of one byte than in large ones', () => {
    const message = Buffer.alloc(60_000)
    message.writeUInt32BE((1 << 24) | 65_000)
    const record = inRecords(Buffer.concat([Buffer.alloc(5), message]), 1)
    const startedAt = performance.now()
    expect(readClientHello(record).state).toBe('need-more')
    // 60,000 steps; the square of that takes minutes.
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  })
})
