import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from '../../lab/random.ts'
import { seedStore } from '../../services/klserver/seed.ts'
import { openStore, type Store } from '../../services/klserver/store/index.ts'
import { openApi } from '../openapi/kit.ts'
import { AGENT, arrival } from './kit.ts'

const seeded = async (devices: number, rng = 1) => {
  const store = await openStore(':memory:')
  await seedStore(store, devices, seededRandom(rng))
  return store
}

test('the same seed gives the same network, another one another; twice the same is refused and changes nothing', async () => {
  const [one, same, other] = await Promise.all([seeded(300), seeded(300), seeded(300, 2)])
  try {
    const devices = await one.devices()
    expect(devices).toHaveLength(300)
    expect(await same.devices()).toEqual(devices)
    expect((await other.devices()).map(({ hostId }) => hostId)).not.toContain(devices[0]?.hostId)
    expect(new Set(devices.map(({ groupId }) => groupId)).size).toBe(100)
    await expect(seedStore(one, 301, seededRandom(1))).rejects.toThrow(/in the store already/)
    expect(await one.countDevices()).toBe(300)
    await seedStore(one, 200, seededRandom(3))
    expect(await one.countDevices()).toBe(500)
  } finally {
    await Promise.all([one.close(), same.close(), other.close()])
  }
})

test('an index never hides a device that a filter means', async () => {
  const api = await openApi()
  await seedStore(api.store, 400, seededRandom(1))
  const devices = await api.store.devices()
  const [first] = devices
  await api.store.rename(first?.hostId ?? '', 'Приёмная WS-*')
  await api.store.arrived(arrival({ name: 'WS-Upper.example', at: Date.UTC(2026, 0, 1) }))
  const names = fc.oneof(
    fc.constantFrom(...(await api.store.devices()).map(({ displayName }) => displayName)),
    fc.constantFrom(
      'ws-*',
      'WS-*',
      '*',
      '*0001',
      'ws-[0-9a-f]*',
      'ПРИЁМНАЯ*',
      'приёмная ws-?',
      'nobody',
      'ws-upper.EXAMPLE',
    ),
  )
  const time = fc.integer({ min: 0, max: 4_100 }).map(seconds => new Date(Date.UTC(2026, 0, 1) - seconds * 1_000))
  const simple = fc.oneof(
    names.map(name => `(KLHST_WKS_DN="${name}")`),
    names.map(name => `(KLHST_WKS_DN<>"${name}")`),
    fc.integer({ min: 0, max: 110 }).map(id => `(KLHST_WKS_GROUPID=${id})`),
    fc.constantFrom(...devices.map(({ hostId }) => `(KLHST_WKS_HOSTNAME="${hostId.toUpperCase()}")`)),
    fc
      .tuple(fc.constantFrom('=', '<', '<=', '>', '>=', '<>'), time)
      .map(([op, at]) => `(KLHST_WKS_LAST_VISIBLE${op}T"${at.toISOString().slice(0, 19)}Z")`),
  )
  const { filter } = fc.letrec<{ filter: string }>(tie => ({
    filter: fc.oneof(
      { maxDepth: 2 },
      simple,
      fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map(parts => `(&${parts.join('')})`),
      fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map(parts => `(|${parts.join('')})`),
      tie('filter').map(part => `(!${part})`),
    ),
  }))
  const count = async (wstrFilter: string) => {
    const { json } = await api.call('HostGroup.FindHosts', { wstrFilter, vecFieldsToReturn: ['KLHST_WKS_DN'] })
    expect(json.PxgError).toBeUndefined()
    return json.PxgRetVal as number
  }
  let hits = 0
  await fc.assert(
    fc.asyncProperty(filter, async wanted => {
      // "Or nothing" is beyond every index.
      const found = await count(wanted)
      hits += Math.sign(found)
      expect(found).toBe(await count(`(|${wanted}(KLHST_WKS_DN="no such name at all"))`))
    }),
    { numRuns: 150, seed: 1 },
  )
  expect(hits).toBeGreaterThan(50)
})

let small: Store
let large: Store
beforeAll(async () => {
  ;[small, large] = [await seeded(1_000), await seeded(99_999)]
}, 60_000)
afterAll(() => Promise.all([small.close(), large.close()]))

/** Median ms of what one contact of one agent asks of the store. */
async function contact(store: Store): Promise<number> {
  const times: number[] = []
  await store.arrived(arrival())
  for (let n = 0; n < 60; n += 1) {
    const begun = performance.now()
    const { hostId } = await store.arrived(arrival({ at: n }))
    await store.synchronised(AGENT, { applications: [{ name: 'KES', version: '12' }], at: n })
    await store.noticeKey(AGENT)
    await store.byAgent(AGENT)
    await store.finishTasks(hostId, n)
    await store.event({ agentId: AGENT, id: `e${n}`, at: n, severity: 1, kind: 'k', text: 't' })
    await store.events(hostId, 10)
    times.push(performance.now() - begun)
  }
  return times.sort((a, b) => a - b)[30] ?? 0
}

test('a contact takes no longer with 100,000 devices than with 1,000; one more device than that is refused, a known one is not', async () => {
  const [few, many] = [await contact(small), await contact(large)]
  // Reading the table even once would take a hundred times as long.
  expect(many).toBeLessThan(few * 5 + 1)
  await expect(large.arrived(arrival({ agentId: 'one-too-many' }))).rejects.toMatchObject({
    code: 'too-many-devices',
    message: expect.stringContaining('at most 100000 devices'),
  })
  expect(await large.arrived(arrival({ at: 9 }))).toMatchObject({ agentId: AGENT })
  await expect(seedStore(large, 1, seededRandom(7))).rejects.toMatchObject({ code: 'too-many-devices' })
  expect(await large.countDevices()).toBe(100_000)
})
