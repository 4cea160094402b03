/** From a command to the device that comes for it: arrows 12, 13 and 17 together, and what is said where one of them is broken. */
import { createServer, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report } from '../../lab/report.ts'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { now } from '../../shared/journal/clock.ts'
import { ask as askMdm, basic } from '../ios-mdm/kit.ts'
import { administrator, deviceOf, newNonce } from '../klserver/kit.ts'
import { MDM_TOPIC, sights, TOPOLOGY } from './kit.ts'

const mdm = async (lab: Lab, method: string, path: string, body?: object) =>
  (
    await askMdm(lab, path, {
      method,
      headers: { ...basic(lab), 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  ).json()
const devices = (lab: Lab) => mdm(lab, 'GET', '/api/devices')
/** Under management, with the token that APNs has given out. */
const settled = async (lab: Lab) => {
  await expect
    .poll(async () => (await devices(lab))[0]?.push?.token ?? '', { timeout: 5_000 })
    .toMatch(/^[0-9a-f]{64}$/)
  await expect.poll(() => sights(lab, 'first-bytes', 'apple').length, { timeout: 5_000 }).toBeGreaterThan(0)
  const [{ udid }] = await devices(lab)
  return udid as string
}
/** It has its token, and the Server knows it. */
const phoneKnown = (lab: Lab) =>
  expect
    .poll(async () => rows(await lab.verify({ flows: ['10'] })), { timeout: 5_000 })
    .toEqual([['10@klserver>google:443', 'delivered']])
const order = async (lab: Lab, udid: string) => {
  const { uuid } = await mdm(lab, 'POST', `/api/devices/${udid}/commands`, { RequestType: 'DeviceInformation' })
  const state = async () => (await mdm(lab, 'GET', `/api/devices/${udid}/commands/${uuid}`)).state
  return { uuid, state }
}
const rows = ({ results }: Report) =>
  results.map(({ id, verdict, findings }) => [id, verdict, ...findings.map(({ kind }) => kind)])

let lab: Lab
let udid: string
beforeAll(async () => {
  lab = await startLab(TOPOLOGY)
})
afterAll(() => lab.stop())

describe('a command for a device that is away', () => {
  it('wakes it by APNs, and it comes', async () => {
    udid = await settled(lab)
    const { state } = await order(lab, udid)
    await expect.poll(state, { timeout: 5_000 }).toBe('acknowledged')
    const [sent, received] = [sights(lab, 'push-sent', 'apple').at(-1), sights(lab, 'push-received', 'ios-1').at(-1)]
    expect(received?.detail).toEqual(sent?.detail)
    expect(sent?.detail.topic).toBe(MDM_TOPIC)
  })

  it('waits where APNs cannot be reached, and is asked for again', async () => {
    await lab.stopHost('apple')
    const { state } = await order(lab, udid)
    await new Promise(resolve => setTimeout(resolve, 300))
    expect(await state()).toBe('queued')
    await lab.startHost('apple')
    await expect.poll(state, { timeout: 10_000, interval: 100 }).toBe('acknowledged')
  })
})

describe('what a mobile device has to fetch', () => {
  it('wakes an Android device by FCM, and it comes', async () => {
    await phoneKnown(lab)
    using console = await administrator(lab)
    const { hostId } = await deviceOf(lab, 'android-1')
    const moved = now()
    await console.ask({ type: 'move-device', id: 1, nonce: newNonce(), hostId, groupId: 1 })
    const sent = () => sights(lab, 'push-sent', 'google').find(({ t }) => t > moved)?.detail
    const received = () => sights(lab, 'push-received', 'android-1').find(({ t }) => t > moved)
    await expect.poll(received, { timeout: 5_000 }).toBeDefined()
    expect(received()?.detail).toEqual(sent())
    const came = received()?.t ?? 0
    const contacts = () => sights(lab, 'accepted', 'klserver').filter(({ port, t }) => port === 13292 && t > came)
    await expect.poll(contacts, { timeout: 5_000 }).not.toEqual([])
  })

  it('waits where Google cannot be reached, and is asked for again', async () => {
    await lab.stopHost('google')
    using console = await administrator(lab)
    const { hostId } = await deviceOf(lab, 'android-1')
    await console.ask({ type: 'move-device', id: 1, nonce: newNonce(), hostId, groupId: 0 })
    const pushes = sights(lab, 'push-received', 'android-1').length
    await new Promise(resolve => setTimeout(resolve, 300))
    await lab.startHost('google')
    await expect
      .poll(() => sights(lab, 'push-received', 'android-1').length, { timeout: 10_000, interval: 100 })
      .toBeGreaterThan(pushes)
  })
})

describe('verify', () => {
  it('delivers every arrow, from both ends', async () => {
    await settled(lab)
    await phoneKnown(lab)
    const report = await lab.verify()
    expect(rows(report)).toEqual([
      ['10@klserver>google:443', 'delivered'],
      ['11@android-1>google:5228', 'delivered'],
      ['12@ios-mdm>apple:443', 'delivered'],
      ['12@ios-mdm>apple:2197', 'delivered'],
      ['13@ios-1>apple:5223', 'delivered'],
      ['14@android-1>klserver:13292', 'delivered'],
      ['14@android-1>klserver:13293', 'delivered'],
      ['17@ios-1>ios-mdm:443', 'delivered'],
    ])
    const ends = (flow: string) => new Set(report.results.find(one => one.flow === flow)?.evidence.map(({ at }) => at))
    for (const flow of ['10', '11', '12', '13']) expect(ends(flow)).toEqual(new Set(['initiator', 'responder']))
  })

  it('goes through 5229, 5230 and 443 for Google', async () => {
    await using closed = await closedPort()
    const { results } = await lab.verify({ flows: ['11'], route: { 'google:5228': closed } })
    expect(results[0]).toMatchObject({
      verdict: 'delivered',
      findings: [{ kind: 'fallback-port', detail: 'it came up on 5229, since 5228 (ECONNREFUSED) did not pass' }],
    })
  })

  it('says of arrow 10 that Google knows nobody, where no phone has come yet', async () => {
    await using other = await startLab(TOPOLOGY, { external: ['android-1'] })
    const { results } = await other.verify({ flows: ['10'] })
    expect(results[0]).toMatchObject({ verdict: 'delivered', findings: [{ kind: 'not-obeyed' }] })
  })

  it('says by which port the device came, where 5223 does not pass', async () => {
    await using closed = await closedPort()
    const { results } = await lab.verify({ flows: ['13'], route: { 'apple:5223': closed } })
    expect(rows({ results } as Report)).toEqual([['13@ios-1>apple:5223', 'delivered', 'fallback-port']])
    expect(results[0]?.findings[0]?.detail).toBe('it came up on 443, since 5223 (ECONNREFUSED) did not pass')
    expect(results[0]?.evidence.find(({ what, at }) => what === 'accepted' && at === 'responder')).toBeDefined()
  })

  it('names the port that failed last, where none passes', async () => {
    await lab.stopHost('apple')
    const { results } = await lab.verify({ flows: ['13'], timeout: 500 })
    expect(results[0]).toMatchObject({ verdict: 'refused', asExpected: false })
    expect(results[0]?.explanation).toContain('apple:443/tcp')
    await lab.startHost('apple')
    await settled(lab)
  })

  it('holds the connection of the device without a byte', async () => {
    const { results } = await lab.verify({ flows: ['13'], idle: 300 })
    expect(results[0]).toMatchObject({
      verdict: 'delivered',
      idle: { seconds: 0.3, initiator: { saw: 'word' }, responder: { saw: 'word' } },
    })
  })

  it('tells a wrong certificate of the push service', async () => {
    await lab.present('apple', 'other-name')
    const { results } = await lab.verify({ flows: ['12', '13'] })
    expect(results.map(({ verdict }) => verdict)).toEqual(Array(3).fill('certificate-rejected'))
    await lab.present('apple', null)
  })

  it('tells a box that does not know HTTP/2', async () => {
    const { cert, key } = lab.state.credentials.identity('apple')
    await using box = await tlsBox({ cert, key })
    const { results } = await lab.verify({ flows: ['12'], route: { 'apple:443': box } })
    expect(results[0]).toMatchObject({ verdict: 'wrong-responder' })
    expect(results[0]?.explanation).toContain('HTTP/2 is needed')
    expect(results[1]?.verdict).toBe('delivered')
  })

  it('tells a certificate of Google that has expired', async () => {
    await lab.present('google', 'expired')
    const { results } = await lab.verify({ flows: ['10'] })
    expect(results[0]).toMatchObject({ verdict: 'certificate-rejected' })
    await lab.present('google', null)
  })
})

it('a device that has left is unregistered at APNs, and the server forgets its token', async () => {
  await using other = await startLab(TOPOLOGY)
  const its = await settled(other)
  const [{ push }] = await devices(other)
  await other.stopHost('ios-1')
  // The device is gone with its profile, and the server has not heard of it.
  const { Device, pushTo } = await import('./kit.ts')
  const { readFileSync } = await import('node:fs')
  const { join } = await import('node:path')
  const file = join(other.state.dir, 'hosts', 'push', 'ios-1', 'ios', 'ios.json')
  await using device = new Device(other, { host: 'apple', port: 5223 }, JSON.parse(readFileSync(file, 'utf8')).apns)
  expect(await device.connect([MDM_TOPIC])).toBe(push.token)
  device.say({ type: 'unregister', topic: MDM_TOPIC })
  await expect.poll(async () => (await pushTo(other, push.token)).status).toBe(410)
  await order(other, its)
  await expect.poll(async () => (await devices(other))[0].push).toBeNull()
})

describe('behind a forward proxy', () => {
  it('pushes go through it, those of Apple and those of Google', async () => {
    const asked: string[] = []
    await using proxy = await connectProxy(asked)
    await using other = await startLab(TOPOLOGY, { settings: { forwardProxy: `http://127.0.0.1:${proxy.port}` } })
    const { results } = await other.verify({ flows: ['10', '12'] })
    expect(results.map(({ verdict }) => verdict)).toEqual(Array(3).fill('delivered'))
    const names = ['google.internet.ksc-lab.test', 'apple.internet.ksc-lab.test']
    for (const name of names) expect(asked.some(one => one.startsWith(`${name}:`))).toBe(true)
  })

  it('a refusal of the proxy is told as such', async () => {
    await using proxy = await connectProxy([], 407)
    await using other = await startLab(TOPOLOGY, { settings: { forwardProxy: `http://127.0.0.1:${proxy.port}` } })
    const { results } = await other.verify({ flows: ['12'] })
    expect(results.map(({ verdict }) => verdict)).toEqual(['http-rejected', 'http-rejected'])
    expect(results[0]?.explanation).toContain('407')
  })
})

/** Ends TLS, without ALPN. */
async function tlsBox(identity: {
  cert: string
  key: string
}): Promise<{ host: string; port: number } & AsyncDisposable> {
  const server = createTlsServer(identity, socket => socket.on('error', () => {}).resume())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    host: '127.0.0.1',
    port: (server.address() as { port: number }).port,
    [Symbol.asyncDispose]: () => new Promise(resolve => server.close(() => resolve())),
  }
}

async function closedPort(): Promise<{ host: string; port: number } & AsyncDisposable> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise(resolve => server.close(resolve))
  return { host: '127.0.0.1', port, async [Symbol.asyncDispose]() {} }
}

/** A forward proxy that finds every name on this machine. */
async function connectProxy(asked: string[], refusal?: number): Promise<{ port: number } & AsyncDisposable> {
  const open = new Set<Socket>()
  const server: Server = createServer()
  server.on('connection', socket => open.add(socket))
  server.on('connect', ({ url = '' }, client: Socket) => {
    asked.push(url)
    client.on('error', () => {})
    if (refusal) return void client.end(`HTTP/1.1 ${refusal} No\r\ncontent-length: 0\r\n\r\n`)
    const target = connect(Number(url.split(':')[1]), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      client.pipe(target).pipe(client)
    })
    target.on('error', () => client.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
