import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../../services/klserver/store/index.ts'
import { AGENT, arrival, temporaryFolder } from './kit.ts'

const OTHER = '99999999-2222-3333-4444-555555555555'

test('the first arrival creates a device, the next one updates it', async () => {
  const store = await openStore(':memory:')
  try {
    const device = await store.arrived(arrival())
    expect(device.hostId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(device.hostId).not.toBe(AGENT)
    expect(device).toEqual({
      ...{ hostId: device.hostId, agentId: AGENT, name: 'ws-1', displayName: 'ws-1', address: '127.10.0.21' },
      ...{ version: '15.1.0', os: 'Windows 11', state: 'on', groupId: 0 },
      ...{ createdAt: 1_000, lastSeenAt: 1_000, lastSyncAt: null, applications: [] },
      ...{ mobile: false, user: null, push: null, revokedAt: null },
    })
    const again = await store.arrived(arrival({ address: '127.10.0.22', at: 2_000 }))
    expect(again).toEqual({ ...device, address: '127.10.0.22', lastSeenAt: 2_000 })
    expect(await store.devices()).toEqual([again])
    expect(await store.device(device.hostId)).toEqual(again)
    expect(await store.byAgent(AGENT)).toEqual(again)
    expect(await store.device(AGENT)).toBeUndefined()
    expect(await store.byAgent(device.hostId)).toBeUndefined()
  } finally {
    await store.close()
  }
})

test('one agent arriving on many connections at once is one device', async () => {
  const store = await openStore(':memory:')
  try {
    const arrived = await Promise.all(Array.from({ length: 20 }, (_, at) => store.arrived(arrival({ at }))))
    expect(new Set(arrived.map(({ hostId }) => hostId)).size).toBe(1)
    expect(await store.devices()).toHaveLength(1)
  } finally {
    await store.close()
  }
})

test('a synchronisation replaces the applications of its own device only', async () => {
  const store = await openStore(':memory:')
  try {
    await store.arrived(arrival())
    await store.arrived(arrival({ agentId: OTHER, at: 1_001 }))
    const kes = { name: 'Kaspersky Endpoint Security', version: '12.6' }
    await store.synchronised(AGENT, { applications: [{ name: 'old', version: '1' }], at: 2_000 })
    await store.synchronised(AGENT, { applications: [kes], at: 3_000 })
    const [mine, other] = await store.devices()
    expect(mine).toMatchObject({ agentId: AGENT, applications: [kes], lastSyncAt: 3_000, lastSeenAt: 3_000 })
    expect(other).toMatchObject({ agentId: OTHER, applications: [], lastSyncAt: null, lastSeenAt: 1_001 })
  } finally {
    await store.close()
  }
})

test('a name given by an administrator survives arrivals, synchronisations and a restart', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'klserver.sqlite')
  const store = await openStore(file)
  const { hostId } = await store.arrived(arrival())
  expect(await store.rename(hostId, 'Reception')).toMatchObject({ hostId, displayName: 'Reception', name: 'ws-1' })
  expect(await store.rename(OTHER, 'Nobody')).toBeUndefined()
  await store.arrived(arrival({ name: 'ws-1-new', at: 2_000 }))
  await store.synchronised(AGENT, { applications: [], at: 2_001 })
  await store.close()

  const reopened = await openStore(file)
  try {
    expect(await reopened.devices()).toMatchObject([{ hostId, displayName: 'Reception', name: 'ws-1-new' }])
  } finally {
    await reopened.close()
  }
})

test('a device is off from its notice until it arrives again', async () => {
  const store = await openStore(':memory:')
  try {
    await store.arrived(arrival())
    expect(await store.turnedOff(OTHER, 1_500)).toBe(false)
    expect(await store.byAgent(AGENT)).toMatchObject({ state: 'on' })
    expect(await store.turnedOff(AGENT, 1_500)).toBe(true)
    expect(await store.byAgent(AGENT)).toMatchObject({ state: 'off', lastSeenAt: 1_500 })
    expect(await store.arrived(arrival({ at: 2_000 }))).toMatchObject({ state: 'on' })
  } finally {
    await store.close()
  }
})

test('every device has one notice key of its own, for good', async () => {
  const store = await openStore(':memory:')
  try {
    expect(await store.noticeKey(AGENT)).toBeUndefined()
    await store.arrived(arrival())
    await store.arrived(arrival({ agentId: OTHER }))
    const key = await store.noticeKey(AGENT)
    expect(key).toHaveLength(32)
    expect(await store.noticeKey(OTHER)).not.toEqual(key)
    await store.arrived(arrival({ at: 5_000 }))
    expect(await store.noticeKey(AGENT)).toEqual(key)
  } finally {
    await store.close()
  }
})

test('policies and tasks to hand out are there from the start and keep their ids', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'klserver.sqlite')
  const store = await openStore(file)
  const [policies, tasks] = [await store.policies(), await store.tasks()]
  await store.close()
  expect(policies).toHaveLength(2)
  expect(tasks).toHaveLength(2)
  const reopened = await openStore(file)
  try {
    expect(await reopened.policies()).toEqual(policies)
    expect(await reopened.tasks()).toEqual(tasks)
  } finally {
    await reopened.close()
  }
})
