/** "Do not disconnect from the Administration Server": 300 devices in total (help topic 3320). */
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { agent, journalled, type Stranger, startServer, sync, works } from './kit.ts'

let lab: Lab
let connected: Stranger[]
beforeEach(() => {
  connected = []
})
afterEach(async () => {
  for (const stranger of connected) stranger.socket.destroy()
  await lab.stop()
})

/** 14000, since 300 TLS handshakes would say nothing more about the limit. */
async function ask(agentId: string = randomUUID(), port = 14000) {
  const asking = await agent(lab, port, { agentId, keep: true })
  connected.push(asking)
  return asking
}

/** Resolves when the Server has seen the end of this session. */
const gone = ({ welcome }: { welcome: { nonce: string } }) =>
  journalled(lab, entry => entry.what === 'closed' && entry.end === 'responder' && entry.nonce === welcome.nonce)

it('is granted to 300; the 301st is told why not, and is served', async () => {
  lab = await startServer({ doNotDisconnectLimit: 300 })
  for (let made = 0; made < 300; made += 50) {
    const batch = await Promise.all(Array.from({ length: 50 }, () => ask()))
    expect(new Set(batch.map(({ welcome }) => welcome.keep))).toEqual(new Set(['granted']))
  }
  const late = await ask()
  expect(late.welcome).toMatchObject({
    keep: 'refused',
    keepReason: expect.stringContaining('300 devices hold a continuous connection already'),
  })
  expect(await late.ask(sync())).toMatchObject({ type: 'synced' })
  expect(await Promise.all(connected.map(works))).not.toContain(false)

  // Somebody who does not ask takes no place, and needs none.
  const modest = await agent(lab)
  connected.push(modest)
  expect(modest.welcome.keep).toBe('not-asked')

  const [first] = connected
  if (!first) throw new Error('nobody is connected')
  first.socket.end()
  await gone(first as Stranger & { welcome: { nonce: string } })
  expect((await ask()).welcome.keep).toBe('granted')
  expect((await ask()).welcome.keep).toBe('refused')
})

describe('with a limit of two', () => {
  beforeEach(async () => {
    lab = await startServer({ doNotDisconnectLimit: 2 })
  })

  it.each([13000, 14000])('an agent that comes again on %i takes its own place', async port => {
    const agentId = randomUUID()
    const one = await ask(agentId, port)
    const again = await ask(agentId, port)
    expect(again.welcome.keep).toBe('granted')
    expect(await one.rest()).toEqual([])
    expect((await ask()).welcome.keep).toBe('granted')
    expect((await ask()).welcome.keep).toBe('refused')
    // The end of the replaced session must not free the place of the new one.
    await gone(one)
    expect((await ask()).welcome.keep).toBe('refused')
    expect(await works(again)).toBe(true)
  })

  it('frees the place of an agent that vanishes by RST', async () => {
    const one = await ask()
    await ask()
    one.reset()
    await gone(one)
    expect((await ask()).welcome.keep).toBe('granted')
  })

  it('lets an agent that was refused in, when it comes again after a place is free', async () => {
    const [one] = [await ask(), await ask()]
    const agentId = randomUUID()
    expect((await ask(agentId)).welcome.keep).toBe('refused')
    one.socket.end()
    await gone(one)
    expect((await ask(agentId)).welcome.keep).toBe('granted')
  })
})

it('frees the place of one that says nothing for the read timeout, and tells it', async () => {
  lab = await startServer({ doNotDisconnectLimit: 1, readTimeout: 300 })
  const quiet = await ask()
  expect(await quiet.rest()).toMatchObject([{ type: 'error', code: 'read-timeout' }])
  await gone(quiet)
  expect((await ask()).welcome.keep).toBe('granted')
})

it('is granted to nobody where the limit is 0', async () => {
  lab = await startServer({ doNotDisconnectLimit: 0 })
  const one = await ask()
  expect(one.welcome).toMatchObject({ keep: 'refused' })
  expect(await works(one)).toBe(true)
})
