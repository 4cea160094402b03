/** agent.json: what a Network Agent keeps on its device, and what becomes of a file that is damaged. */
import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fileOf, keptBy, openGround, startAgent, startFakeServer, until } from './kit.ts'

const whole = {
  schema: 'ksc-lab/agent@1',
  agentId: randomUUID(),
  held: [],
  noticeKey: null,
  outbox: [],
  lastSync: null,
}
const without = (key: keyof typeof whole) => JSON.stringify({ ...whole, [key]: undefined })

describe('a damaged file', () => {
  it.each([
    ['is empty', '', 'JSON'],
    ['is cut short', JSON.stringify(whole).slice(0, -20), 'JSON'],
    ['is a list', '[]', 'agent.schema: is missing'],
    ['is null', 'null', 'agent: must be a map'],
    [
      'is of another program',
      JSON.stringify({ ...whole, schema: 'other@1' }),
      'agent.schema: must be \\"ksc-lab/agent@1\\"',
    ],
    ['has no outbox', without('outbox'), 'outbox'],
    ['has no agent id', without('agentId'), 'agentId'],
    ['has an agent id that is none', JSON.stringify({ ...whole, agentId: 'me' }), 'agentId'],
    ['has no key of notices', without('noticeKey'), 'noticeKey'],
    ['has a certificate that is none', JSON.stringify({ ...whole, held: ['PEM'] }), ''],
    ['has an event that no Server would take', JSON.stringify({ ...whole, outbox: [{ eventId: '1' }] }), 'outbox.0'],
  ])('that %s is kept aside with a warning, and the agent starts anew', async (_name, text, words) => {
    await using ground = await openGround()
    await using server = await startFakeServer(ground)
    const file = fileOf(ground)
    writeFileSync(file, text)
    await using agent = await startAgent(ground)
    await until(() => server.events.length === 1)
    const [aside = '', ...more] = readdirSync(dirname(file)).filter(name => name.startsWith('agent.json.unreadable-'))
    expect(more).toEqual([])
    expect(readFileSync(join(dirname(file), aside), 'utf8')).toBe(text)
    expect(agent.warnings).toHaveLength(1)
    expect(agent.warnings[0]).toContain(words)
    expect(agent.warnings[0]).toContain(`it is kept as ${join(dirname(file), aside)} and the agent starts anew`)
    expect(server.hellos[0]?.agentId).toBe(keptBy(ground).agentId)
    expect(keptBy(ground).agentId).not.toBe(whole.agentId)
    await agent.stop()
  })

  it('may even be a folder', async () => {
    await using ground = await openGround()
    await using server = await startFakeServer(ground)
    mkdirSync(fileOf(ground))
    await using agent = await startAgent(ground)
    await until(() => server.events.length === 1)
    expect(agent.warnings).toHaveLength(1)
  })
})

it('keeps the identity of the device from start to start, readable by its owner only', async () => {
  await using ground = await openGround()
  await using server = await startFakeServer(ground)
  for (const life of [1, 2]) {
    await using _agent = await startAgent(ground)
    await until(() => server.events.length === life)
  }
  const [first, second] = server.hellos
  expect(first?.agentId).toBe(second?.agentId)
  expect(first?.nonce).not.toBe(second?.nonce)
  expect(statSync(fileOf(ground)).mode & 0o777).toBe(0o600)
  expect(readdirSync(dirname(fileOf(ground)))).toEqual([basename(fileOf(ground))])
})
