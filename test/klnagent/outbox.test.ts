/** Events: at once where the Server is there, kept on the device where it is not, and never doubled. */

import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { start as startKlserver } from '../../services/klserver/index.ts'
import { openStore } from '../../services/klserver/store/index.ts'
import type { Ground } from '../klserver/alone.ts'
import { keptBy, openGround, startAgent, startFakeServer, startNoServer, task, until } from './kit.ts'

let ground: Ground
beforeEach(async () => {
  ground = await openGround()
})
afterEach(() => ground[Symbol.asyncDispose]())

const kept = () => keptBy(ground).outbox.map(({ eventId }) => eventId)

it('an event goes out in the contact it causes, and is forgotten when it is stored', async () => {
  await using server = await startFakeServer(ground)
  const before = Date.now()
  await using _agent = await startAgent(ground)
  await until(() => server.events.length === 1)
  expect(server.events[0]).toMatchObject({
    severity: 1,
    kind: 'KLNAG_EV_STARTED',
    text: 'Network Agent on agent-1 has started',
  })
  expect(server.events[0]?.at).toBeGreaterThanOrEqual(before)
  await until(() => kept().length === 0)
  expect(keptBy(ground).lastSync).toBeGreaterThanOrEqual(before)
})

describe('while the Server is away', () => {
  it('events outlive the agent, and arrive once and in their order', async () => {
    await startNoServer(ground)
    for (const life of [1, 2, 3]) {
      await using agent = await startAgent(ground)
      await until(() => agent.warnings.length > 0)
      expect(kept()).toHaveLength(life)
    }
    const waiting = kept()
    await using server = await startFakeServer(ground)
    await using _agent = await startAgent(ground)
    await until(() => server.events.length >= 4 && kept().length === 0)
    expect(server.events.map(({ eventId }) => eventId)).toEqual([...waiting, expect.any(String)])
    expect(new Set(server.events.map(({ eventId }) => eventId)).size).toBe(4)
  })

  it('they are delivered to the real Server once, whoever carries them', async () => {
    await startNoServer(ground)
    await using agent = await startAgent(ground)
    await until(() => agent.warnings.length > 0)
    const [eventId] = kept()
    const context = ground.context('klserver')
    const klserver = await startKlserver(context)
    try {
      // Two exercises and the agent's own contact deliver at the same time.
      const deliver = () => agent.exercises['4-plain']?.(ground.host('agent-1'), task('4-plain', 14000))
      await Promise.all([deliver(), deliver()])
      await until(() => kept().length === 0)
    } finally {
      await agent.stop()
      await klserver.stop()
    }
    const store = await openStore(join(context.state, 'klserver.sqlite'))
    try {
      expect((await store.events()).map(({ id }) => id)).toEqual([eventId])
    } finally {
      await store.close()
    }
  })
})

describe('an answer that is lost', () => {
  it('makes the agent send the same event again, under the same id', async () => {
    let losses = 2
    await using server = await startFakeServer(ground, {
      handlers: {
        event: (_, { id, nonce, eventId }, session) => {
          if (losses === 0) return { type: 'stored', id, nonce, eventId, known: true }
          losses -= 1
          session.connection.close('reset')
          return undefined
        },
      },
    })
    await using _agent = await startAgent(ground, { syncInterval: 50 })
    await until(() => server.events.length === 3 && kept().length === 0)
    expect(new Set(server.events.map(({ eventId }) => eventId)).size).toBe(1)
    expect(new Set(server.events.map(({ nonce }) => nonce)).size, 'each attempt has its own nonce').toBe(3)
  })

  it('or a Server that says it failed, loses nothing either', async () => {
    let failures = 1
    await using server = await startFakeServer(ground, {
      handlers: {
        event: (_, { id, nonce, eventId }) => {
          if (failures-- > 0) throw new Error('the disk is full')
          return { type: 'stored', id, nonce, eventId, known: false }
        },
      },
    })
    await using agent = await startAgent(ground, { syncInterval: 50 })
    await until(() => server.events.length === 2 && kept().length === 0)
    expect(agent.warnings[0]).toContain('the service failed')
  })
})
