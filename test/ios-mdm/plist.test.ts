/** Property lists from anybody: what is one is read as it was meant, and nothing else is read. */
import fc from 'fast-check'
import { parse } from 'plist'
import { describe, expect, it } from 'vitest'
import { printPlist, readDictionary } from '../../shared/mdm/plist.ts'
import { type Plist, PlistError, type PlistObject } from '../../shared/mdm/plist-value.ts'

const HEAD =
  '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n<plist version="1.0">'
const list = (value: string) => Buffer.from(`${HEAD}${value}</plist>\n`)
const holding = (value: string) => list(`<dict><key>k</key>${value}</dict>`)

describe('a property list', () => {
  it.each<[string, string, Plist]>([
    ['a text', '<string>a &lt;b&gt; &amp; &quot;c&quot; &apos;d&apos; &#228;&#xe4;</string>', `a <b> & "c" 'd' ää`],
    ['CDATA', '<string>a<![CDATA[<b>&amp;]]>c</string>', 'a<b>&amp;c'],
    ['an empty text', '<string/>', ''],
    ['white space', '<string>  a\n </string>', '  a\n '],
    ['yes', '<true/>', true],
    ['no', '<false></false>', false],
    ['a negative number', '<integer>-42</integer>', -42],
    ['a hexadecimal number', '<integer>0x1F</integer>', 31],
    ['a real number', '<real>-1.5e3</real>', -1500],
    ['a date', '<date>2030-01-31T08:05:00Z</date>', new Date('2030-01-31T08:05:00Z')],
    ['data in lines', '<data>\n\tAQID\n\tBA==\n</data>', new Uint8Array([1, 2, 3, 4])],
    ['no data', '<data/>', new Uint8Array()],
    ['lists', '<array><array/><string>a</string><!-- b --></array>', [[], 'a']],
    ['a dictionary', '<dict><key>a</key><dict/></dict>', { a: {} }],
  ])('with %s', (_what, xml, value) => {
    expect(readDictionary(holding(xml))).toEqual({ k: value })
  })

  it('takes the key __proto__ for a key', () => {
    const read = readDictionary(list('<dict><key>__proto__</key><dict><key>x</key><true/></dict></dict>'))
    expect(Object.keys(read)).toEqual(['__proto__'])
    expect(({} as PlistObject).x).toBeUndefined()
  })

  // The package's XML parser ends lines as XML 1.1 does, also at U+0085, U+2028 and U+2029; ours as XML 1.0 does.
  const text = fc
    .string({ unit: 'grapheme' })
    .filter(
      one => /^[\t\n\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u.test(one) && !/[\r\u0085\u2028\u2029]/.test(one),
    )
  const { value } = fc.letrec<{ value: Plist }>(tie => ({
    value: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.integer(),
      fc.boolean(),
      fc.uint8Array(),
      fc
        .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
        .map(date => new Date(Math.floor(date.getTime() / 1000) * 1000)),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(
        text.filter(key => key !== '__proto__' && key !== ''),
        tie('value'),
        { noNullPrototype: true, maxKeys: 4 },
      ),
    ),
  }))
  it('is read as it was written, and as the plist package reads it', () => {
    fc.assert(
      fc.property(value, one => {
        const xml = printPlist({ one })
        expect(readDictionary(xml)).toEqual({ one })
        expect(parse(xml.toString())).toEqual({ one })
      }),
      { numRuns: 300 },
    )
  })
})

describe('what is none', () => {
  it.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['text', 'hello'],
    ['HTML', '<html><body>502 Bad Gateway</body></html>'],
    ['JSON', '{"UDID":"x"}'],
    ['OpenStep', '{ UDID = x; }'],
    ['a binary property list', Buffer.from('bplist00\xd1\x01', 'latin1')],
    [
      'bytes that are no UTF-8',
      Buffer.concat([
        Buffer.from(`${HEAD}<dict><key>`),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('</key><true/></dict></plist>'),
      ]),
    ],
    ['a list', list('<array/>')],
    ['no value', list('')],
    ['two values', list('<dict/><dict/>')],
    ['something after it', Buffer.concat([list('<dict/>'), Buffer.from('x')])],
    ['an end too early', `${HEAD}<dict><key>a</key>`],
    ['an end that is another', holding('<string>a</integer>')],
    ['a key without a value', list('<dict><key>a</key></dict>')],
    ['a value without a key', list('<dict><string>a</string></dict>')],
    ['a key twice', list('<dict><key>a</key><true/><key>a</key><true/></dict>')],
    ['an element of its own', holding('<script>a</script>')],
    ['an attribute', holding('<string lang="en">a</string>')],
    [
      'an entity of its own',
      `<!DOCTYPE plist [<!ENTITY a "b">]><plist><dict><key>k</key><string>&a;</string></dict></plist>`,
    ],
    ['an unknown entity', holding('<string>&nbsp;</string>')],
    ['no character', holding('<string>&#x110000;</string>')],
    ['a number that is none', holding('<integer>12x</integer>')],
    ['a number that is too long', holding(`<integer>${'9'.repeat(1_000)}</integer>`)],
    ['a fraction for a whole number', holding('<integer>1.5</integer>')],
    ['no number', holding('<integer></integer>')],
    ['a date that is none', holding('<date>2030-02-31 08:05</date>')],
    ['a day that is not there', holding('<date>2030-13-31T08:05:00Z</date>')],
    ['data that is no base64', holding('<data>!!</data>')],
    ['cut base64', holding('<data>AQI</data>')],
    ['text in <true>', holding('<true>a</true>')],
    ['20,000 lists in each other', holding('<array>'.repeat(20_000) + '</array>'.repeat(20_000))],
  ])('%s is refused', (_what, bytes) => {
    expect(() => readDictionary(Buffer.from(bytes))).toThrow(PlistError)
  })

  it('is refused without a word on the terminal, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.string()), one => {
        expect(() => readDictionary(Buffer.from(one as string))).toThrow(PlistError)
      }),
    )
  })

  it.each(['<!-- ', '<?xml ', '<!DOCTYPE ', '<plist>', '<dict><key>', '&', '<![CDATA['])(
    'is refused within a second where it is 2 MiB of %s',
    piece => {
      const begun = performance.now()
      const body = piece.repeat(Math.floor((2 * 1024 * 1024) / piece.length))
      for (const bytes of [body, `${HEAD}<dict><key>k</key><string>${body}`])
        expect(() => readDictionary(Buffer.from(bytes))).toThrow(PlistError)
      expect(performance.now() - begun).toBeLessThan(1_000)
    },
  )
})
