import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { startLab } from '../../lab/start-lab.ts'
import { AGENT, arrival } from '../store/kit.ts'
import { kinds, openAt } from './kit.ts'

const EVENTS = 300
const WRITERS = 8

const until = async (holds: () => boolean, what: string) => {
  for (const end = Date.now() + 15_000; !holds(); await sleep(25))
    if (Date.now() > end) throw new Error(`in vain: ${what}`)
}

describe.each(kinds)('$name away', { timeout: 60_000 }, ({ start, missing }) => {
  const serverTest = test.skipIf(missing !== null)

  serverTest(
    'in mid-stream: nothing acknowledged is lost, nothing is there twice, and it goes on by itself',
    async () => {
      await using server = await start()
      const store = await openAt(server.url())
      try {
        await store.arrived(arrival())
        const acknowledged = new Map<string, number>()
        const refused: unknown[] = []
        const left = Array.from({ length: EVENTS }, (_, n) => `event-${n}`)
        const write = async () => {
          for (let id = left.shift(); id !== undefined; id = left.shift())
            while (!acknowledged.has(id))
              try {
                await store.event({ agentId: AGENT, id, at: 1, severity: 1, kind: 'k', text: id })
                acknowledged.set(id, (acknowledged.get(id) ?? 0) + 1)
              } catch (error) {
                refused.push(error)
                await sleep(20)
              }
        }
        const writing = Promise.all(Array.from({ length: WRITERS }, write))
        await until(() => acknowledged.size >= EVENTS / 3, 'a third is acknowledged')
        await server.kill()
        await until(() => refused.length > WRITERS, 'the database is missed')
        const before = [...acknowledged.keys()]
        expect(before.length).toBeLessThan(EVENTS)
        await server.start()
        await writing
        const kept = server.sql('select event_id from events').split('\n')
        expect(kept.sort()).toEqual(Array.from({ length: EVENTS }, (_, n) => `event-${n}`).sort())
        expect(before.filter(id => !kept.includes(id))).toEqual([])
        for (const error of refused)
          expect(error).toMatchObject({
            code: 'try-later',
            message: expect.stringMatching(/127\.0\.0\.1:\d+\/ksc, is away: .*; try later$/),
          })
      } finally {
        await store.close()
      }
    },
  )

  serverTest('agents are told to try later, keep their events, and deliver each once when it is back', async () => {
    await using server = await start()
    await using lab = await startLab('lan', {
      external: ['agent-2', 'web-console', 'admin-pc', 'kaspersky'],
      settings: { database: server.url(), syncInterval: 300 },
    })
    const events = () => Number(server.sql("select count(*) from events where kind = 'KLNAG_EV_STARTED'"))
    await until(() => events() === 1, 'the first event')
    await server.kill()
    const [row] = (await lab.verify({ flows: ['4'], timeout: 1_000 })).results
    expect(row).toMatchObject({ verdict: 'closed', explanation: expect.stringMatching(/is away: .*; try later/) })
    // An event of every life.
    for (let life = 2; life <= 3; life += 1) {
      await lab.stopHost('agent-1')
      await lab.startHost('agent-1')
    }
    await server.start()
    await until(() => events() === 3, 'the events of all three lives')
    const { results } = await lab.verify({ flows: ['1', '4'] })
    expect(results.filter(({ initiator }) => initiator !== 'agent-2').map(({ verdict }) => verdict)).toEqual([
      'delivered',
      'delivered',
    ])
    expect(events()).toBe(3)
    expect(server.sql('select count(*) from devices')).toBe('1')
  })

  serverTest('at the start: it is waited for with a line that says so, and not for ever', async () => {
    await using server = await start()
    await server.kill()
    const lines: string[] = []
    const started = startLab('lan', {
      external: ['agent-1', 'agent-2', 'web-console', 'admin-pc', 'kaspersky'],
      settings: { database: server.url(), databaseWait: 20_000 },
      onNotice: line => lines.push(line),
    })
    await until(() => lines.length > 0, 'a line')
    expect(lines[0]).toMatch(
      /^waiting for the database \w+:\/\/127\.0\.0\.1:\d+\/ksc: .*ECONNREFUSED.*; for 20 s more$/,
    )
    await server.start()
    await (await started).stop()
    await server.kill()
    await expect(openAt(server.url(), { patience: 700 })).rejects.toMatchObject({
      name: 'StoreError',
      message: expect.stringMatching(/is away: .*; it was waited for 0\.7 s$/),
      hint: expect.stringContaining('KSC_LAB_DATABASE_WAIT'),
    })
  })
})
