/** When a Network Agent contacts its Administration Server. */
import { assert, double, integer, property } from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { backOff } from '../../shared/net/back-off.ts'
import type { Ground } from '../klserver/alone.ts'
import { openGround, startAgent, startFakeServer, startNoServer, task, until } from './kit.ts'

let ground: Ground
beforeEach(async () => {
  ground = await openGround()
})
afterEach(() => ground[Symbol.asyncDispose]())

describe('full synchronisation', () => {
  it('comes at start, and then every interval', async () => {
    await using server = await startFakeServer(ground)
    await using _agent = await startAgent(ground, { syncInterval: 150 })
    await until(() => server.syncs.length >= 4)
    const times = server.hellos.map(({ at }) => at)
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0))
    for (const gap of gaps) expect(gap).toBeGreaterThan(145)
    expect(Math.min(...gaps)).toBeLessThan(600)
    expect(server.syncs[0]?.applications.map(({ name }) => name)).toContain(
      'Kaspersky Security Center Network Agent (ksc-lab stand-in)',
    )
    expect(server.hellos[0]).toMatchObject({ role: 'agent', host: 'agent-1', version: '14.2' })
  })

  it('comes as often as the Server says in its welcome', async () => {
    await using server = await startFakeServer(ground, { welcome: () => ({ syncInterval: 100 }) })
    await using _agent = await startAgent(ground, { syncInterval: 900_000 })
    await until(() => server.syncs.length >= 3)
  })

  it('does not come at once where the Server names an interval that no timer can hold', async () => {
    await using server = await startFakeServer(ground, { welcome: () => ({ syncInterval: 2 ** 40 }) })
    await using agent = await startAgent(ground)
    await until(() => server.events.length === 1)
    // The exercise is one contact more; with a timer that overflowed there would be many between the two.
    await agent.exercises['4']?.(ground.host('agent-1'), task('4', 13000))
    expect(server.syncs).toHaveLength(2)
  })
})

describe('a Server that is away', () => {
  it('is tried again after a back-off, and found when it comes', async () => {
    await startNoServer(ground)
    await using agent = await startAgent(ground)
    await until(() => agent.warnings.length > 0)
    expect(JSON.parse(agent.warnings[0] ?? '')).toMatchObject({
      msg: 'no contact with the Administration Server',
      reason: expect.stringContaining('ECONNREFUSED'),
      failures: 1,
      // random() is 0.5 here.
      again: 750,
    })
    await using server = await startFakeServer(ground)
    await until(() => server.syncs.length === 1)
  })

  it('is tried at least every interval', async () => {
    await startNoServer(ground)
    await using agent = await startAgent(ground, { syncInterval: 50 })
    await until(() => agent.warnings.length >= 5)
    expect(agent.warnings.map(line => JSON.parse(line).again)).toEqual(expect.arrayContaining([50]))
  })
})

describe('back-off', () => {
  const random = double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

  it('lies between half and all of 1 s, 2 s, 4 s ... 60 s, however many failures', () => {
    assert(
      property(integer({ min: 1, max: 100_000 }), random, (failures, drawn) => {
        const full = Math.min(1_000 * 2 ** (failures - 1), 60_000)
        const wait = backOff(failures, 60_000, () => drawn)
        expect(wait).toBeGreaterThanOrEqual(full / 2)
        expect(wait).toBeLessThanOrEqual(full)
      }),
    )
  })

  it('spreads a herd over half of its time', () => {
    assert(
      property(integer({ min: 1, max: 40 }), random, random, (failures, one, other) => {
        const [first, second] = [one, other].map(drawn => backOff(failures, 60_000, () => drawn)) as [number, number]
        expect(Math.abs(first - second)).toBeCloseTo(Math.abs(one - other) * backOff(failures, 60_000, () => 0), 3)
      }),
    )
  })
})

describe('a connection that is kept ("do not disconnect")', () => {
  const granted = () => ({ keep: 'granted' }) as const

  it('is one connection, and carries the synchronisation of every interval', async () => {
    await using server = await startFakeServer(ground, { welcome: granted })
    await using _agent = await startAgent(ground, { doNotDisconnect: true, syncInterval: 100 })
    await until(() => server.syncs.length >= 4)
    expect(server.hellos).toHaveLength(1)
    expect(server.sessions[0]?.open).toBe(true)
  })

  it('is pinged well within the read timeout', async () => {
    await using server = await startFakeServer(ground, { welcome: granted })
    await using _agent = await startAgent(ground, { doNotDisconnect: true, readTimeout: 200 })
    await until(() => server.syncs.length === 1)
    const ended = server.sessions[0]?.closed.then(() => 'ended')
    const lived = new Promise(resolve => setTimeout(() => resolve('lived'), 700))
    expect(await Promise.race([ended, lived])).toBe('lived')
    expect(server.hellos).toHaveLength(1)
  })

  it('is opened again when it is lost, and not in a storm where it is lost each time', async () => {
    await using server = await startFakeServer(ground, { welcome: granted })
    await using _agent = await startAgent(ground, { doNotDisconnect: true })
    const drop = setInterval(() => {
      if (server.syncs.length === server.hellos.length) server.sessions.at(-1)?.connection.close('reset')
    }, 5)
    try {
      await until(() => server.hellos.length === 3)
    } finally {
      clearInterval(drop)
    }
    const [first, , third] = server.hellos
    // Twice the first back-off with random() = 0.5.
    expect((third?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(2 * 740)
  })

  it('that is refused leaves an agent that comes by interval', async () => {
    const keepReason = '300 devices hold a continuous connection already'
    await using server = await startFakeServer(ground, { welcome: () => ({ keep: 'refused', keepReason }) })
    await using agent = await startAgent(ground, { doNotDisconnect: true, syncInterval: 100 })
    await until(() => server.syncs.length >= 2)
    expect(server.hellos.length).toBeGreaterThanOrEqual(2)
    expect(server.hellos[0]?.keep).toBe(true)
    expect(agent.warnings[0]).toContain(keepReason)
  })
})
