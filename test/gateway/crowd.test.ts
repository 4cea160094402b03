/** Many devices at once, and more than a gateway carries. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { devices, noted, type Stranger, works } from '../klserver/kit.ts'
import { device, refusals, since, startPair, turnedAway } from './kit.ts'

const CROWD = 1_000

const open: Stranger[] = []
afterEach(() => {
  for (const stranger of open.splice(0)) stranger[Symbol.dispose]()
})
const connected = async (lab: Lab, host: string) => {
  const stranger = await device(lab, { host })
  open.push(stranger)
  return stranger
}
const idle = (lab: Lab) => async () => noted(lab, 'carried').length - endedAt(lab).length
/** Connections that were carried and are over. */
const endedAt = (lab: Lab) => {
  const carried = new Set(noted(lab, 'carried').map(({ connection }) => connection))
  return noted(lab, 'closed').filter(({ connection }) => carried.has(connection))
}

describe.each(['gateway', 'gateway-segment'] as const)('limit of %s', topology => {
  it('the next device is reset at once; those that are connected go on, and the place of one that leaves is free', async () => {
    await using lab = await startPair({ gatewayLimit: 2 }, topology)
    await expect.poll(idle(lab)).toBe(0)
    const [one, two] = [await connected(lab, 'one'), await connected(lab, 'two')]
    const from = since(lab)
    const { code, after } = await turnedAway(lab)
    expect(code).toBe('ECONNRESET')
    expect(after).toBeLessThan(1_000)
    expect(refusals(lab, from)).toEqual(['limit'])
    expect(noted(lab, 'carry-refused').at(-1)?.detail.reason).toContain('2 devices')
    expect([await works(one), await works(two)]).toEqual([true, true])

    one.socket.end()
    await one.ended
    await expect.poll(idle(lab)).toBe(1)
    expect(await works(await connected(lab, 'three'))).toBe(true)
    expect((await turnedAway(lab)).code).toBe('ECONNRESET')
  })
})

it('all of those beyond it are reset, and not only the first', async () => {
  await using lab = await startPair({ gatewayLimit: 1 })
  await expect.poll(idle(lab)).toBe(0)
  await connected(lab, 'the-only-one')
  const answers = await Promise.all(Array.from({ length: 5 }, () => turnedAway(lab)))
  expect(answers.map(({ code }) => code)).toEqual(Array(5).fill('ECONNRESET'))
})

it('1,000 devices that arrive in the same second are all served, each by an invitation of its own', {
  timeout: 90_000,
}, async () => {
  await using lab = await startPair()
  const [before, from] = [noted(lab, 'carried').length, since(lab)]
  const crowd = await Promise.all(Array.from({ length: CROWD }, (_, index) => connected(lab, `roaming-${index}`)))
  expect(await Promise.all(crowd.map(works))).toEqual(Array(CROWD).fill(true))
  const carried = noted(lab, 'carried').slice(before)
  expect(carried).toHaveLength(CROWD)
  expect(new Set(carried.map(({ detail }) => detail.by)).size, 'no two share a data connection').toBe(CROWD)
  expect(refusals(lab, from)).toEqual([])
  const names = (await devices(lab)).map(({ name }) => name).filter(name => name.startsWith('roaming-'))
  expect(new Set(names).size).toBe(CROWD)
  // By the Server's hand: as many dials to the gateway, none of the gateway's.
  const dialled = noted(lab, 'connecting').filter(
    ({ host, detail }) => host === 'klserver' && detail.to === 'gateway:13000',
  )
  expect(dialled.length).toBeGreaterThanOrEqual(CROWD + 1)
})

it('100 that leave as soon as they have come cost nobody else his way', async () => {
  await using lab = await startPair()
  const from = since(lab)
  const steady = await connected(lab, 'steady')
  await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const stranger = await device(lab, { host: `brief-${index}` })
      if (index % 2) stranger.reset()
      else stranger.socket.end()
      await stranger.ended
      stranger[Symbol.dispose]()
    }),
  )
  expect(await works(steady)).toBe(true)
  await expect.poll(idle(lab)).toBe(1)
  expect(refusals(lab, from)).toEqual([])
})
