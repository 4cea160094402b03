import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchFilter } from '../../services/klserver/openapi/filter/match.ts'
import { parseFilter } from '../../services/klserver/openapi/filter/parse.ts'
import { wildcard } from '../../services/klserver/openapi/filter/wildcard.ts'
import { datetime, type Fields, long } from '../../services/klserver/openapi/types.ts'

const NOW = Date.UTC(2030, 0, 31, 8, 5)
const record: Fields = {
  dn: 'Reception-7',
  group: 4,
  negative: -5,
  bits: 29,
  on: true,
  ip: long(3_232_235_777),
  seen: datetime(NOW - 600_000),
  owner: { type: 'binary', value: Buffer.from([0x0a, 0xff]).toString('base64') },
  tags: ['a', 'b'],
  none: null,
}
const matches = (filter: string) => matchFilter(parseFilter(filter), name => record[name], NOW)

test.each([
  '',
  'dn="Reception-7"',
  '(dn="reception-*")',
  '(dn="RECEPTION-[5-9]")',
  '(dn="?eception-[^a-f]")',
  '(dn<>"Kitchen*")',
  '(dn>"Kitchen")',
  '(group=4)',
  '(group="4")',
  '(negative<-4)',
  '(bits & 4 <> 0)',
  '(bits & 0x2 = 0)',
  '(on=1)',
  '(on=true)',
  '(on="True")',
  '(on<>"False")',
  '(ip=3232235777)',
  '(ip>=3232235776)',
  '(seen<T"2030-01-31 08:00:00")',
  '(seen>CURTIME(-3600))',
  '(seen>="2030-01-31")',
  '(seen="2030-01-31 07:55:00")',
  '(owner=0x0aFF)',
  '(&(group=4)(on=1))',
  '(|(group=5)(on=1))',
  '(!(group=5))',
  '(!(missing=1))',
  '(tags="b")',
  '(tags<>"c")',
])('%s is this record', filter => {
  expect(matches(filter)).toBe(true)
})

test.each([
  '(dn="Reception")',
  '(dn="eception-7")',
  '(dn="Reception-[^7]")',
  '(dn=7)',
  '(group<>4)',
  '(group="four")',
  '(group=CURTIME(0))',
  '(bits & 2 <> 0)',
  '(on=false)',
  '(ip=3232235778)',
  '(seen>CURTIME(-60))',
  '(seen="soon")',
  '(seen=12)',
  '(owner="0aff")',
  '(tags="c")',
  '(tags<>"a")',
  '(none=0)',
  '(missing=1)',
  '(missing<>1)',
  '(&(group=4)(on=0))',
  '(|(group=5)(on=0))',
  '(!(group=4))',
])('%s is not this record', filter => {
  expect(matches(filter)).toBe(false)
})

test('a text is found by itself with any run of characters replaced by *', () => {
  const word = fc.stringMatching(/^[a-zA-Z0-9 .-]{0,12}$/)
  fc.assert(
    fc.property(word, word, word, (a, b, c) => {
      expect(wildcard(`${a}*${c}`)(`${a}${b}${c}`)).toBe(true)
      expect(wildcard(`${a}*${c}z`)(`${a}${b}${c}z!`)).toBe(false)
      expect(wildcard(`${a}?`)(`${a}${b}`)).toBe(b.length === 1)
    }),
  )
})

test.each([
  ['[a-f]', 'c', true],
  ['[a-f]', 'g', false],
  ['[^a-f]', 'g', true],
  ['[^a-f]', 'c', false],
  ['[xyz]', 'y', true],
  ['[a-]', '-', true],
  ['[', '[', true],
  ['[]', '[]', true],
  ['a[b', 'A[B', true],
  ['*', '', true],
  ['?', '😀', true],
])('%s against %s: %s', (pattern, text, expected) => {
  expect(wildcard(pattern)(text)).toBe(expected)
})

test('a pattern made to hang a regular expression takes no time', () => {
  const started = performance.now()
  expect(wildcard(`${'*a'.repeat(200)}b`)('a'.repeat(2_000))).toBe(false)
  expect(wildcard('['.repeat(200_000))('x')).toBe(false)
  expect(performance.now() - started).toBeLessThan(2_000)
})
