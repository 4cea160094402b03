/** Connect timeout and read timeout of a Network Agent, and the end of an agent that waits for one of them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startMiddlebox } from '../../shared/faults/middlebox.ts'
import type { Ground } from '../klserver/alone.ts'
import { noted, openGround, startAgent, startFakeServer, until } from './kit.ts'

let ground: Ground
beforeEach(async () => {
  ground = await openGround()
})
afterEach(() => ground[Symbol.asyncDispose]())

/** The Server's place is a box that takes connections and says nothing. */
async function silence() {
  const box = await startMiddlebox('silent', { address: '127.0.0.1', port: 9 })
  ground.book.bound({ host: 'klserver', port: 13000 }, 'tcp', box.at)
  return box
}
const mute = { sync: () => undefined }
const reasonOf = (warning: string | undefined): string => JSON.parse(warning ?? '{}').reason

it('connect timeout: a TLS handshake that gets no answer', async () => {
  await using _box = await silence()
  const started = performance.now()
  await using agent = await startAgent(ground, { connectTimeout: 200 })
  await until(() => agent.warnings.length > 0)
  expect(performance.now() - started).toBeGreaterThan(195)
  expect(reasonOf(agent.warnings[0])).toBe(
    'TLS handshake with klserver:13000 failed: TLS handshake with klserver:13000: nothing within 200 ms',
  )
  expect(noted(ground, 'tls-failed')[0]).toMatchObject({ host: 'agent-1', detail: { code: 'TIMEOUT' } })
})

it('read timeout: a Server that welcomes and then says nothing', async () => {
  await using server = await startFakeServer(ground, { handlers: mute })
  await using agent = await startAgent(ground, { readTimeout: 200 })
  await until(() => agent.warnings.length > 0)
  expect(server.syncs).toHaveLength(1)
  expect(reasonOf(agent.warnings[0])).toBe('the session ended before the answer came (read-timeout)')
  await until(() => server.sessions[0]?.peerError?.code === 'read-timeout')
})

describe('an agent that waits is stopped at once', () => {
  it('in a TLS handshake', async () => {
    await using box = await silence()
    await using agent = await startAgent(ground)
    await until(() => box.connections === 1)
    const started = performance.now()
    await agent.stop()
    expect(performance.now() - started).toBeLessThan(1_500)
    expect(agent.warnings).toEqual([])
  })

  it('for an answer', async () => {
    await using server = await startFakeServer(ground, { handlers: mute })
    await using agent = await startAgent(ground)
    await until(() => server.syncs.length === 1)
    const started = performance.now()
    await agent.stop()
    expect(performance.now() - started).toBeLessThan(1_500)
    expect(agent.warnings).toEqual([])
  })

  it('before it has so much as a connection', async () => {
    await using server = await startFakeServer(ground)
    await using agent = await startAgent(ground)
    await agent.stop()
    expect(server.syncs).toEqual([])
  })
})
