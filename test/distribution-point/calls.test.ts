import { randomUUID } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { arrive, asServer, GATEWAY, since, startPair } from '../gateway/kit.ts'
import { agent, hello, journalled, newNonce } from '../klserver/kit.ts'

/** dmz-pc has synchronised, at the Server. */
const comes = (lab: Lab, from: number) =>
  journalled(
    lab,
    ({ t, host, end, port, what }) =>
      t > from && host === 'dmz-pc' && end === 'initiator' && port === 13000 && what === 'reply-received',
  )
/** The device keeps its connection to the push server. */
const kept = (lab: Lab, from = 0) =>
  journalled(
    lab,
    ({ t, host, end, port, what }) =>
      t > from && host === 'dmz-pc' && end === 'initiator' && port === 13295 && what === 'reply-received',
  )

async function pushClient(lab: Lab, agentId = randomUUID() as string) {
  const { address, port } = lab.endpoint('gateway', 13295)
  const caller = await arrive(lab, { servername: GATEWAY, at: { address, port } })
  return { caller, welcome: await caller.ask(hello({ role: 'push-client', agentId, keep: true })) }
}

describe.each(['gateway', 'gateway-segment'] as const)('calls of the distribution point of %s', topology => {
  it('reach the device, by datagram and by push connection', async () => {
    await using lab = await startPair({}, topology, ['dmz-pc'])
    const { results } = await lab.verify({ flows: ['x-dp-udp', 'x-dp-push'] })
    expect(results.map(({ flow, verdict }) => [flow, verdict])).toEqual([
      ['x-dp-udp', 'delivered'],
      ['x-dp-push', 'delivered'],
    ])
  })
})

describe('a wake-up on behalf of the Server', () => {
  it('is sealed for the point of the zone alone, and answered when the device has come', async () => {
    await using lab = await startPair({}, 'gateway', ['dmz-pc'])
    await comes(lab, 0)
    const ask = { type: 'wake-up-request', id: 1, nonce: newNonce(), target: 'dmz-pc' }
    using stranger = await agent(lab, 14000, { host: 'agent-1' })
    expect(await stranger.ask(ask)).toMatchObject({ type: 'error', code: 'not-served' })
    using point = await agent(lab, 14000, { host: 'gateway' })
    expect(await point.ask({ ...ask, target: 'agent-1' })).toMatchObject({ type: 'error', code: 'not-served' })
    expect(await point.ask({ type: 'wait-for-contact', id: 2, nonce: newNonce() })).toMatchObject({
      code: 'not-called',
    })

    const { datagram } = await point.ask(ask)
    expect(await point.ask({ ...ask, id: 2 })).toMatchObject({ type: 'error', id: 2, code: 'known-nonce' })
    const { address, port } = lab.endpoint('dmz-pc', 15000, 'udp')
    const socket = createSocket('udp4')
    socket.send(datagram as Buffer, port, address, () => socket.close())
    expect(await point.ask({ type: 'wait-for-contact', id: 3, nonce: ask.nonce })).toMatchObject({
      type: 'woken',
      id: 3,
      nonce: ask.nonce,
    })
  })
})

describe('a push server', () => {
  it('calls the device for the Server, and the device comes at once', async () => {
    await using lab = await startPair({}, 'gateway', ['dmz-pc'])
    await Promise.all([comes(lab, 0), kept(lab)])
    const file = join(lab.state.folder('hosts/gateway/dmz-pc/klnagent'), 'agent.json')
    const { agentId } = JSON.parse(readFileSync(file, 'utf8')) as { agentId: string }
    using server = await asServer(lab)
    await server.ask({ ...hello({ role: 'signal', host: 'klserver' }), agentId: undefined })
    const from = since(lab)
    server.send({ type: 'push', nonce: newNonce(), agentId })
    await comes(lab, from)
  })

  it('keeps no more devices than its limit, and room is made by one that leaves', async () => {
    await using lab = await startPair({ pushLimit: 1 })
    const first = await pushClient(lab)
    expect(first.welcome).toMatchObject({ type: 'welcome', keep: 'granted' })
    expect((await pushClient(lab)).welcome).toMatchObject({ type: 'error', code: 'limit' })
    first.caller.socket.end()
    await first.caller.ended
    expect((await pushClient(lab)).welcome).toMatchObject({ type: 'welcome' })
  })

  it('keeps the newest connection of a device', async () => {
    await using lab = await startPair({ pushLimit: 1 })
    const id = randomUUID()
    const first = await pushClient(lab, id)
    expect((await pushClient(lab, id)).welcome).toMatchObject({ type: 'welcome' })
    await first.caller.ended
  })

  it('that has stopped leaves the device to its interval, and gets it back', { timeout: 30_000 }, async () => {
    await using lab = await startPair({ syncInterval: 300 }, 'gateway-segment', ['dmz-pc'])
    await Promise.all([comes(lab, 0), kept(lab)])
    await lab.stopHost('gateway')
    const stopped = since(lab)
    await journalled(
      lab,
      ({ t, host, port, what }) => t > stopped && host === 'dmz-pc' && port === 13000 && what === 'connecting',
    )
    await lab.startHost('gateway')
    const started = since(lab)
    await Promise.all([comes(lab, started), kept(lab, started)])
  })
})
