import { expect, test } from 'vitest'
import { Accessors } from '../../services/klserver/openapi/accessors.ts'
import { IdleMap } from '../../services/klserver/openapi/idle-map.ts'
import { params } from '../../services/klserver/openapi/types.ts'

test('the longest unused make room, by size', () => {
  const map = new IdleMap<string>(3, () => 0)
  for (const key of ['a', 'b', 'c']) map.set(key, key, 1_000)
  map.get('a')
  map.set('d', 'd', 1_000, 2)
  expect(['a', 'b', 'c', 'd'].filter(key => map.get(key) !== undefined)).toEqual(['a', 'd'])
})

test('the newest is kept even where it is larger than the whole capacity', () => {
  const map = new IdleMap<string>(3, () => 0)
  map.set('a', 'a', 1_000)
  map.set('large', 'large', 1_000, 10)
  expect([map.get('a'), map.get('large')]).toEqual([undefined, 'large'])
})

test('what is deleted, replaced or over makes room', () => {
  let now = 0
  const map = new IdleMap<string>(2, () => now)
  map.set('a', 'a', 1_000)
  map.set('a', 'again', 1_000)
  map.set('b', 'b', 10)
  expect(map.get('a')).toBe('again')
  now = 10
  expect(map.get('b')).toBeUndefined()
  map.set('c', 'c', 1_000)
  expect([map.get('a'), map.get('c')]).toEqual(['again', 'c'])
  expect([map.delete('a'), map.delete('a')]).toEqual([true, false])
})

test("a found set is nobody else's, and 200,000 items are kept in all", () => {
  const accessors = new Accessors(() => 0)
  const items = Array.from({ length: 99_999 }, (_, n) => params({ n }))
  const [first, second] = [accessors.keep('one', items, 60), accessors.keep('one', items, 60)]
  expect(() => accessors.items('two', first)).toThrow(/no found set/)
  expect(() => accessors.release('two', first)).toThrow(/no found set/)
  expect(accessors.items('one', first)).toHaveLength(99_999)
  const third = accessors.keep('one', [], 60)
  expect(() => accessors.items('one', second)).toThrow(/no found set/)
  expect([accessors.items('one', first).length, accessors.items('one', third).length]).toEqual([99_999, 0])
})
