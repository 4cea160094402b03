import { expect, test } from 'vitest'
import { openStore } from '../../services/klserver/store/index.ts'
import { AGENT, arrival } from './kit.ts'

const of = (at: number) => ({ id: `s${at}`, at, severity: 1 as const, kind: 'KLAUD_EV_SERVERCONNECT', text: `${at}` })

test('events of the Server stand among those of devices, the newest first, and belong to no host', async () => {
  const store = await openStore(':memory:')
  try {
    const { hostId } = await store.arrived(arrival())
    await store.serverEvent(of(10))
    await store.event({ agentId: AGENT, id: 'e20', at: 20, severity: 2, kind: 'K', text: '' })
    await store.serverEvent(of(30))
    expect((await store.events()).map(({ id, hostId }) => [id, hostId])).toEqual([
      ['s30', ''],
      ['e20', hostId],
      ['s10', ''],
    ])
    expect((await store.events(undefined, 2)).map(({ id }) => id)).toEqual(['s30', 'e20'])
    expect((await store.events(hostId)).map(({ id }) => id)).toEqual(['e20'])
  } finally {
    await store.close()
  }
})

test('the oldest go where there are more than 10,000 or so', async () => {
  const store = await openStore(':memory:')
  try {
    for (let at = 1; at <= 11_200; at += 1) await store.serverEvent(of(at))
    const kept = (await store.events(undefined, 20_000)).map(({ at }) => at)
    expect(kept[0]).toBe(11_200)
    expect(kept.length).toBeGreaterThanOrEqual(10_000)
    expect(kept.length).toBeLessThan(11_000)
    expect(kept).toEqual(kept.map((_, n) => 11_200 - n))
  } finally {
    await store.close()
  }
})
