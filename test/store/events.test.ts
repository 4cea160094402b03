import { expect, test } from 'vitest'
import { openStore, StoreError } from '../../services/klserver/store/index.ts'
import { AGENT, arrival } from './kit.ts'

const OTHER = '99999999-2222-3333-4444-555555555555'
const event = (id: string, at: number, agentId = AGENT) => ({
  agentId,
  id,
  at,
  severity: 2 as const,
  kind: 'KLPRCI_TaskState',
  text: `event ${id}`,
})

test('an event that comes again is kept once, as it first was', async () => {
  const store = await openStore(':memory:')
  try {
    const { hostId } = await store.arrived(arrival())
    expect(await store.event(event('e1', 10))).toBe('new')
    expect(await store.event({ ...event('e1', 99), text: 'changed' })).toBe('known')
    expect(await store.events()).toEqual([{ hostId, ...event('e1', 10) }])
  } finally {
    await store.close()
  }
})

test('the same event ten times at once is new once', async () => {
  const store = await openStore(':memory:')
  try {
    await store.arrived(arrival())
    const kept = await Promise.all(Array.from({ length: 10 }, () => store.event(event('e1', 10))))
    expect(kept.filter(word => word === 'new')).toHaveLength(1)
  } finally {
    await store.close()
  }
})

test('ids are per device; the newest come first, of one host or of all, no more than asked for', async () => {
  const store = await openStore(':memory:')
  try {
    await store.arrived(arrival())
    const other = await store.arrived(arrival({ agentId: OTHER }))
    for (const e of [event('a', 10), event('b', 30), event('a', 20, OTHER)]) expect(await store.event(e)).toBe('new')
    expect((await store.events()).map(({ at }) => at)).toEqual([30, 20, 10])
    expect((await store.events(undefined, 2)).map(({ at }) => at)).toEqual([30, 20])
    expect(await store.events(other.hostId)).toEqual([{ hostId: other.hostId, ...event('a', 20, OTHER) }])
  } finally {
    await store.close()
  }
})

test('events and synchronisations of a device that never arrived are refused by name', async () => {
  const store = await openStore(':memory:')
  try {
    for (const attempt of [store.event(event('e', 1)), store.synchronised(AGENT, { applications: [], at: 1 })]) {
      const error = await attempt.catch(error => error)
      expect(error).toBeInstanceOf(StoreError)
      expect(error.message).toContain(AGENT)
    }
    expect(await store.events()).toEqual([])
  } finally {
    await store.close()
  }
})
