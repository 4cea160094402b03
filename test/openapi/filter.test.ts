import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseFilter, printFilter } from '../../services/klserver/openapi/filter/parse.ts'
import { type Filter, FilterError } from '../../services/klserver/openapi/filter/syntax.ts'

const integer = fc.maxSafeInteger()
const literal = fc.oneof(
  fc.record({ number: integer }),
  fc.record({ text: fc.string({ unit: 'grapheme' }) }),
  fc.record({ boolean: fc.boolean() }),
  // Years 1000 to 9999, which have four digits.
  fc.record({ time: fc.integer({ min: -30_610_224_000, max: 253_402_300_799 }).map(seconds => seconds * 1_000) }),
  fc.record({ fromNow: integer }),
  fc.record({ binary: fc.stringMatching(/^([0-9a-f]{2}){0,8}$/) }),
)
const comparison = fc.record(
  {
    attribute: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/),
    mask: fc.nat(),
    operator: fc.constantFrom('=', '<>', '<', '<=', '>', '>=' as const),
    value: literal,
  },
  { requiredKeys: ['attribute', 'operator', 'value'], noNullPrototype: true },
)
const { filter } = fc.letrec<{ filter: Filter }>(tie => {
  const list = fc.array(tie('filter'), { minLength: 1, maxLength: 4 })
  return {
    filter: fc.oneof(
      { maxDepth: 5 },
      comparison as fc.Arbitrary<Filter>,
      fc.record({ all: list }),
      fc.record({ any: list }),
      fc.record({ not: tie('filter') }),
    ),
  }
})

test('what is printed is read back as it was', () => {
  fc.assert(
    fc.property(filter, it => {
      expect(parseFilter(printFilter(it))).toEqual(it)
    }),
  )
})

test('blanks and line breaks between the parts change nothing', () => {
  const blank = fc.stringMatching(/^[ \t\r\n]{0,3}$/)
  const parts = ['(', '&', '(', 'a', '&', '4', '<>', '0', ')', '(', '!', '(', 'b', '>=', '"x y"', ')', ')', ')', '']
  fc.assert(
    fc.property(fc.array(blank, { minLength: parts.length, maxLength: parts.length }), blanks => {
      const text = parts.map((part, n) => `${blanks[n]}${part}`).join('')
      expect(printFilter(parseFilter(text))).toBe('(&(a&4<>0)(!(b>="x y")))')
    }),
  )
})

test('any text is read or refused with a position inside it, and never anything else', () => {
  const scraps = fc.constantFrom(
    '(',
    ')',
    '&',
    '|',
    '!',
    '=',
    '<',
    '>',
    '"',
    'T"',
    '0x',
    'CURTIME(',
    'a',
    '1',
    '-',
    ' ',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(scraps, { maxLength: 30 }).map(all => all.join('')),
  )
  fc.assert(
    fc.property(text, it => {
      try {
        const read = parseFilter(it)
        expect(parseFilter(printFilter(read))).toEqual(read)
      } catch (error) {
        if (!(error instanceof FilterError)) throw error
        expect(error.position).toBeGreaterThanOrEqual(0)
        expect(error.position).toBeLessThanOrEqual(it.length)
      }
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  ['', ''],
  [' \n ', ''],
  ['KLHST_WKS_DN="*"', '(KLHST_WKS_DN="*")'],
  ['(KLHST_WKS_DN = "say ""hi""")', '(KLHST_WKS_DN="say ""hi""")'],
  ['(&(KLHST_WKS_STATUS & 4 <> 0)\r\n (KLHST_WKS_GROUPID=0))', '(&(KLHST_WKS_STATUS&4<>0)(KLHST_WKS_GROUPID=0))'],
  ['(|(a=+12)(b=-12)(c=true)(d=False))', '(|(a=12)(b=-12)(c=true)(d=false))'],
  ['(at>T"2030-01-31 08:05:00")', '(at>T"2030-01-31 08:05:00")'],
  ['(at>=CURTIME(-3600))', '(at>=CURTIME(-3600))'],
  ['(KLHST_WKS_CUSTOM_OWNER_ID = 0x0AfF)', '(KLHST_WKS_CUSTOM_OWNER_ID=0x0aff)'],
])('%j is read as %j', (text, printed) => {
  expect(printFilter(parseFilter(text))).toBe(printed)
})

test.each([
  ['(', 1, /"&", "\|", "!" or the name of an attribute/],
  ['()', 1, /name of an attribute/],
  ['(&)', 2, /"\("/],
  ['(a=1', 4, /"\)".*the end/],
  ['(a=1)x', 5, /the end of the filter/],
  ['(a ~ 1)', 3, /=, <>, </],
  ['(a=)', 3, /a value/],
  ['(a="x)', 3, /a value/],
  ['(a=1.5)', 3, /a value/],
  ['(a=0x123)', 3, /a value/],
  ['(a=T"2030-02-30 00:00:00")', 3, /a time/],
  ['(a=99999999999999999999)', 3, /53 bits/],
  ['((a=1))', 1, /name of an attribute/],
  [`${'(!'.repeat(100)}(a=1)${')'.repeat(100)}`, 129, /64 levels/],
])('%j is refused at character %i', (text, position, words) => {
  expect(() => parseFilter(text)).toThrow(expect.objectContaining({ position, message: expect.stringMatching(words) }))
})

test('a filter of a megabyte is read in its stride', () => {
  const ids = Array.from({ length: 20_000 }, (_, n) => `(KLHST_WKS_HOSTNAME="${String(n).padStart(36, '0')}")`)
  expect(parseFilter(`(|${ids.join('')})`)).toMatchObject({ any: { length: 20_000 } })
  expect(parseFilter(`(a="${'""x'.repeat(300_000)}")`)).toMatchObject({ attribute: 'a' })
  expect(() => parseFilter(`(a="${'""'.repeat(500_000)}`)).toThrow(FilterError)
})
