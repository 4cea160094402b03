/** 13000 and 14000 as an agent sees them, in bytes. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { encodeFrame } from '../../shared/wire/frame.ts'
import { agent, deviceOf, dial, event, hello, journalled, newNonce, noted, startServer, sync, works } from './kit.ts'

let lab: Lab
beforeAll(async () => {
  lab = await startServer()
})
afterAll(() => lab.stop())

describe.each([13000, 14000])('an agent on %i', port => {
  it('says hello, synchronises, sends an event, pings and leaves', async () => {
    using stranger = await dial(lab, port)
    const host = `agent-${port}`
    const greeting = hello({ host })
    expect(await stranger.ask(greeting)).toMatchObject({
      type: 'welcome',
      host: 'klserver',
      version: '14.2',
      nonce: greeting.nonce,
      keep: 'not-asked',
      syncInterval: 900_000,
    })
    const synchronisation = sync(3)
    const synced = await stranger.ask(synchronisation)
    expect(synced).toMatchObject({ type: 'synced', id: 3, nonce: synchronisation.nonce })
    expect(synced.policies).toContainEqual({ id: expect.any(String), name: expect.any(String), revision: 1 })
    expect(synced.tasks).not.toEqual([])
    expect(synced.noticeKey).toHaveLength(32)
    const happened = event({ id: 4 })
    const { eventId, nonce } = happened
    expect(await stranger.ask(happened)).toEqual({ type: 'stored', id: 4, nonce, eventId, known: false })
    expect(await works(stranger)).toBe(true)
    stranger.socket.end()
    expect(await stranger.rest()).toEqual([])
    expect(stranger.broken).toBeUndefined()
    expect(await deviceOf(lab, host)).toMatchObject({ state: 'on', address: '127.0.0.1', version: '14.2' })
    expect(noted(lab, 'reply-sent').filter(entry => entry.nonce === greeting.nonce)).not.toEqual([])
  })

  it('is answered in the order of its requests, however the bytes are cut', async () => {
    using stranger = await agent(lab, port)
    const bytes = Buffer.concat(
      [sync(1), event({ id: 2 }), sync(3), { type: 'ping', id: 4 }].map(map => encodeFrame(map)),
    )
    for (const byte of bytes) stranger.write(Buffer.of(byte))
    const answers = [await stranger.next(), await stranger.next(), await stranger.next(), await stranger.next()]
    expect(answers.map(({ type, id }) => `${type} ${id}`)).toEqual(['synced 1', 'stored 2', 'synced 3', 'pong 4'])
  })
})

it('keeps an event that comes twice once, also over another session', async () => {
  const agentId = randomUUID()
  const happened = event()
  const known = []
  for (const port of [14000, 13000]) {
    using stranger = await agent(lab, port, { agentId })
    known.push((await stranger.ask(happened)).known, (await stranger.ask(happened)).known)
  }
  expect(known).toEqual([false, true, true, true])
  using other = await agent(lab)
  expect(await other.ask(happened), 'the id is the agent’s own').toMatchObject({ known: false })
})

it('knows a device again by its agent id, whatever it is called now', async () => {
  const agentId = randomUUID()
  for (const host of ['before', 'after']) {
    using _stranger = await agent(lab, 14000, { agentId, host })
  }
  await expect(deviceOf(lab, 'before')).rejects.toThrow('no device')
  expect((await deviceOf(lab, 'after')).name).toBe('after')
})

it.each([13000, 14000])('bears the RST of one agent on %i while another works', async port => {
  using other = await agent(lab, port)
  using stranger = await agent(lab, port)
  const { nonce } = stranger.welcome
  stranger.send(sync())
  stranger.reset()
  const closed = await journalled(lab, entry => entry.what === 'closed' && entry.nonce === nonce)
  expect(closed).toMatchObject({ host: 'klserver', port, detail: { how: 'rst' } })
  expect(await works(other)).toBe(true)
  using again = await agent(lab, port)
  expect(await again.ask({ type: 'ping', id: 1, nonce: newNonce() })).toMatchObject({ type: 'pong' })
})
