/** A gateway in a DMZ from its installation on (topic 204432, KSCAPI a00593): it waits, is met as an unassigned device, is moved. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { serveManagement } from '../../lab/management.ts'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import type { ServiceSettings } from '../../shared/service.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'
import { administrator, agent, deviceOf, devices, journalled, newNonce, noted, sync } from '../klserver/kit.ts'
import { device, signalIs, since, startPair } from './kit.ts'

const MANAGED = 0
const UNASSIGNED = 1

let lab: Lab
afterEach(() => lab.stop())

/** A gateway that carries nobody, not even its own agent: all that the Server hears of it comes by the signal connection. */
async function startSignalOnly(settings: Partial<ServiceSettings> = {}): Promise<Lab> {
  const external = loadTopology('gateway').hosts.map(({ name }) => name)
  const others = external.filter(name => name !== 'klserver' && name !== 'gateway')
  const started = await startLab('gateway', { external: others, settings: { gatewayLimit: 0, ...settings }, seed: 1 })
  await signalIs(started, 'established')
  return started
}

/** Of the gateway, as 13291 tells it. */
async function signal() {
  using console = await administrator(lab)
  const answer = await console.ask({ type: 'list-devices', id: 1, nonce: newNonce() })
  return (answer as unknown as Messages['devices']).gateways?.find(({ host }) => host === 'gateway')
}

async function move(groupId: number): Promise<void> {
  const { hostId } = await deviceOf(lab, 'gateway')
  using console = await administrator(lab)
  const nonce = newNonce()
  const answer = await console.ask({ type: 'move-device', id: 7, nonce, hostId, groupId })
  expect(answer).toEqual({ type: 'moved', id: 7, nonce, hostId, groupId })
}

/** The gateway's own agent, as it would come. */
function ownAgentId(): string {
  const folder = lab.state.folder(join('hosts', 'gateway', 'gateway', 'klnagent'))
  return (JSON.parse(readFileSync(join(folder, 'agent.json'), 'utf8')) as { agentId: string }).agentId
}

describe('a gateway in a DMZ', () => {
  it('waits: it dials nobody but its own door, and the Server dials it where it was told', async () => {
    lab = await startPair()
    const dialled = noted(lab, 'connecting').filter(({ host }) => host === 'gateway')
    expect(new Set(dialled.map(({ detail }) => detail.to))).toEqual(new Set(['gateway:13000']))
    const first = noted(lab, 'connecting').find(({ host }) => host === 'klserver')
    expect(first?.detail).toEqual({ to: 'gateway:13000', ...lab.endpoint('gateway', 13000) })
  })

  it('is an unassigned device from the first signal connection on, before its own agent has been there', async () => {
    lab = await startSignalOnly()
    const listed = await deviceOf(lab, 'gateway')
    expect(listed).toMatchObject({ groupId: UNASSIGNED, state: 'on', address: '127.0.0.1', version: '14.2' })
    expect(await signal()).toEqual({ host: 'gateway', hostId: listed.hostId, state: 'established' })
  })

  it('is the same device when its agent comes, while those behind it are managed at once', async () => {
    lab = await startPair()
    using _behind = await device(lab, { host: 'behind' })
    expect((await devices(lab)).map(({ name, groupId }) => [name, groupId])).toEqual([
      ['gateway', UNASSIGNED],
      ['behind', MANAGED],
    ])
  })

  it('is managed once the administrator has moved it, and stays so whoever restarts', async () => {
    lab = await startPair({ signalKeepAlive: 200 })
    await move(MANAGED)
    expect(await deviceOf(lab, 'gateway')).toMatchObject({ groupId: MANAGED })
    for (const name of ['gateway', 'klserver']) {
      const from = since(lab)
      await lab.stopHost(name)
      await lab.startHost(name)
      await signalIs(lab, 'established', from)
      expect(await deviceOf(lab, 'gateway'), `after ${name} was off`).toMatchObject({ groupId: MANAGED })
    }
    await move(UNASSIGNED)
    expect(await deviceOf(lab, 'gateway')).toMatchObject({ groupId: UNASSIGNED })
  })

  it('has the policies and tasks of its group, and an unassigned device is in none', async () => {
    lab = await startSignalOnly()
    const synchronised = async () => {
      using again = await agent(lab, 13000, { host: 'gateway', agentId: ownAgentId(), gateway: 'dmz' })
      const { policies, tasks } = (await again.ask(sync())) as unknown as Messages['synced']
      return { policies: policies.length, tasks: tasks.length }
    }
    expect(await synchronised()).toEqual({ policies: 0, tasks: 0 })
    await move(MANAGED)
    expect(await synchronised()).toEqual({ policies: 2, tasks: 2 })
  })
})

describe('move-device', () => {
  it('says which ids there are, and the session goes on', async () => {
    lab = await startSignalOnly()
    using console = await administrator(lab)
    const hostId = '00000000-0000-0000-0000-000000000001'
    expect(
      await console.ask({ type: 'move-device', id: 3, nonce: newNonce(), hostId, groupId: MANAGED }),
    ).toMatchObject({
      ...{ type: 'error', id: 3, code: 'no-such-device' },
      message: `no device has the id ${hostId}; list-devices gives the ids`,
    })
    console.send({ type: 'move-device', id: 4, nonce: newNonce(), hostId, groupId: -1 })
    expect(await console.rest()).toMatchObject([
      { type: 'error', code: 'bad-message', message: expect.stringContaining('move-device.groupId') },
    ])
  })
})

describe('the signal connection is told of', () => {
  it('as lost since the moment of its loss, however often the Server has tried since, and as established again', async () => {
    lab = await startSignalOnly({ signalKeepAlive: 200 })
    const { hostId } = await deviceOf(lab, 'gateway')
    const from = since(lab)
    const before = Date.now()
    await lab.stopHost('gateway')
    await signalIs(lab, 'lost', from)
    const lost = await signal()
    expect(lost).toEqual({
      host: 'gateway',
      hostId,
      state: 'lost',
      since: expect.any(Number),
      reason: expect.any(String),
    })
    expect(lost?.since).toBeGreaterThanOrEqual(before)
    await journalled(lab, ({ t, what, host }) => t > from && what === 'connect-failed' && host === 'klserver')
    await expect.poll(signal).toEqual({ ...lost, reason: expect.stringContaining('ECONNREFUSED') })
    await lab.startHost('gateway')
    await signalIs(lab, 'established', from)
    expect(await signal()).toEqual({ host: 'gateway', hostId, state: 'established' })
  })

  it('as connecting while there has been none, with what keeps the Server from it; and on /health', async () => {
    lab = await startSignalOnly()
    await Promise.all(['gateway', 'klserver'].map(name => lab.stopHost(name)))
    await lab.startHost('klserver')
    const waiting = { host: 'gateway', state: 'connecting', reason: expect.stringContaining('ECONNREFUSED') }
    await expect.poll(signal).toEqual(waiting)
    const management = await serveManagement(lab.stage, { address: '127.0.0.1', port: 0 }, () => '')
    try {
      const { address, port } = management.at
      const health = await (await fetch(`http://${address}:${port}/health`)).json()
      expect(health).toEqual({ status: 'ok', ready: true, gateways: [waiting] })
    } finally {
      await management.close()
    }
  })
})

describe('"do not disconnect"', () => {
  const asksFor = async () => {
    using asking = await agent(lab, 14000, { keep: true })
    return asking.welcome
  }

  it('counts the gateway device while its signal connection stands (topic 92537)', async () => {
    lab = await startSignalOnly({ doNotDisconnectLimit: 1 })
    expect(await asksFor()).toMatchObject({ keep: 'refused', keepReason: expect.stringContaining('1 devices') })
    const from = since(lab)
    await lab.stopHost('gateway')
    await signalIs(lab, 'lost', from)
    expect(await asksFor()).toMatchObject({ keep: 'granted' })
  })

  it('counts it once where its own agent asks for it too', async () => {
    lab = await startSignalOnly({ doNotDisconnectLimit: 2 })
    using own = await agent(lab, 14000, { host: 'gateway', agentId: ownAgentId(), gateway: 'dmz', keep: true })
    expect(own.welcome).toMatchObject({ keep: 'granted' })
    expect(await asksFor()).toMatchObject({ keep: 'granted' })
  })
})
