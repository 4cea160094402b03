/** The device's side: what waits, what is lost on the way, and what nobody understands. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { Device, MDM_TOPIC, pushTo, seconds, sights, startServices, TOPOLOGY, uuid } from './kit.ts'

let lab: Lab
beforeAll(async () => {
  lab = await startServices({ settings: { signalKeepAlive: 400 } })
})
afterAll(() => lab.stop())

const APPLE_AT = { host: 'apple', port: 5223 } as const
const payloads = (device: Device) => device.heard.filter(({ type }) => type === 'push').map(({ payload }) => payload)

describe('a token', () => {
  it.each([
    ['apple', 5223, /^[0-9a-f]{64}$/],
    ['apple', 443, /^[0-9a-f]{64}$/],
    ['google', 5228, /^[\w-]{22}:APA91b[\w-]{134}$/],
    ['google', 5229, /APA91b/],
    ['google', 5230, /APA91b/],
    ['google', 443, /APA91b/],
  ] as const)('is given out by %s on %i, and is the same the next time', async (host, port, form) => {
    await using first = new Device(lab, { host, port })
    const token = await first.connect(['a'])
    expect(token).toMatch(form)
    await using second = new Device(lab, { host, port }, first.name)
    expect(await second.connect(['a'])).toBe(token)
    // The newest connection of a device counts.
    expect((await first.hears('error')).code).toBe('replaced')
    await first.closed()
  })

  it('outlives a restart of the service', async () => {
    await using device = new Device(lab, APPLE_AT)
    const token = await device.connect([MDM_TOPIC])
    await lab.stopHost('apple')
    await device.closed()
    await lab.startHost('apple')
    await using again = new Device(lab, APPLE_AT, device.name)
    expect(await again.connect([MDM_TOPIC])).toBe(token)
  })

  it('a nonce is answered by a push that carries it', async () => {
    await using device = new Device(lab, APPLE_AT)
    const nonce = uuid()
    await device.connect([], nonce)
    expect((await device.hears('push')).id).toBe(nonce)
    expect(sights(lab, 'request-received', 'apple').at(-1)?.detail.nonce).toBe(nonce)
  })
})

describe('a push for a device that is away', () => {
  const away = async () => {
    await using device = new Device(lab, APPLE_AT)
    return { name: device.name, token: await device.connect([MDM_TOPIC, 'other']) }
  }
  const back = async (name: string) => {
    const device = new Device(lab, APPLE_AT, name)
    await device.connect([MDM_TOPIC])
    return device
  }

  it('waits, the newest alone, also over a restart of the service', async () => {
    const { name, token } = await away()
    for (const mdm of ['first', 'second']) expect((await pushTo(lab, token, { body: mdm })).status).toBe(200)
    await lab.stopHost('apple')
    await lab.startHost('apple')
    await using device = await back(name)
    expect((await device.hears('push')).payload).toBe('second')
    expect(payloads(device)).toEqual([])
  })

  it.each([
    ['0, which is now or never', '0', 0],
    ['one that is over when it comes back', seconds(1), 1_300],
  ])('is dropped with the expiration %s', async (_what, expiration, wait) => {
    const { name, token } = await away()
    const headers = { 'apns-expiration': wait === 0 ? expiration : seconds(1) }
    expect((await pushTo(lab, token, { headers })).status).toBe(200)
    await new Promise(resolve => setTimeout(resolve, wait))
    await using device = await back(name)
    device.say({ type: 'ping' })
    await device.hears('pong')
    expect(payloads(device)).toEqual([])
  })

  it('that came and was not confirmed comes again; one that was confirmed does not', async () => {
    await using device = new Device(lab, APPLE_AT)
    const token = await device.connect([MDM_TOPIC])
    const [lost, kept] = [uuid(), uuid()]
    await pushTo(lab, token, { headers: { 'apns-id': kept }, body: 'kept' })
    await device.hears('push')
    device.say({ type: 'received', id: kept })
    await pushTo(lab, token, { headers: { 'apns-id': lost }, body: 'lost' })
    await device.hears('push')
    device.socket.destroy()
    await expect.poll(() => sights(lab, 'closed', 'apple').length).toBeGreaterThan(0)
    await using again = await back(device.name)
    expect((await again.hears('push')).payload).toBe('lost')
    expect(payloads(again)).toEqual([])
  })
})

describe('a connection', () => {
  it('without a sign of life is closed after two intervals; ping keeps it', async () => {
    await using silent = new Device(lab, APPLE_AT)
    await using alive = new Device(lab, APPLE_AT)
    await silent.connect([])
    await alive.connect([])
    const timer = setInterval(() => alive.say({ type: 'ping' }), 200)
    await silent.closed()
    expect(alive.socket.closed).toBe(false)
    clearInterval(timer)
  })

  const connect = { type: 'connect', device: 'x'.repeat(16), topics: [] }
  it.each([
    ['no JSON', 'GET / HTTP/1.1\r\n\r\n', 'not-json'],
    ['a list', '[]\n', 'unknown-message'],
    ['an unknown message', '{"type":"reboot"}\n', 'unknown-message'],
    ['a message before connect', '{"type":"ping"}\n', 'no-connect'],
    ['connect twice', `${JSON.stringify(connect)}\n${JSON.stringify(connect)}\n`, 'connected'],
    ['a device without a secret', '{"type":"connect","device":"x","topics":[]}\n', 'bad-message'],
    ['topics that are none', '{"type":"connect","device":"xxxxxxxxxxxxxxxx","topics":"a"}\n', 'bad-message'],
    ['a line without end', 'x'.repeat(40_000), 'line-too-long'],
  ])('with %s is told why and ended; nobody else is harmed', async (_what, text, code) => {
    await using bad = new Device(lab, APPLE_AT)
    await using good = new Device(lab, APPLE_AT)
    await good.connect([])
    bad.write(text)
    const error = await bad.hears('error')
    expect(error.code).toBe(code)
    expect(error.reason.length).toBeGreaterThan(20)
    await bad.closed()
    good.say({ type: 'ping' })
    await good.hears('pong')
  })
})

it('a state file that cannot be read is kept aside, and the service starts', async () => {
  const { writeFileSync, readdirSync, mkdtempSync, rmSync } = await import('node:fs')
  const { join } = await import('node:path')
  const { tmpdir } = await import('node:os')
  const state = mkdtempSync(join(tmpdir(), 'ksc-lab-push-'))
  const external = ['klserver', 'ios-mdm', 'ios-1', 'android-1', 'google']
  try {
    const first = await startLab(TOPOLOGY, { state, external })
    await first.stop()
    const folder = join(state, 'hosts', 'push', 'apple', 'apple-servers')
    writeFileSync(join(folder, 'devices.json'), '{"half')
    await using second = await startLab(TOPOLOGY, { state, external })
    await using device = new Device(second, APPLE_AT)
    expect(await device.connect([])).toMatch(/^[0-9a-f]{64}$/)
    expect(readdirSync(folder).some(name => name.includes('unreadable'))).toBe(true)
  } finally {
    rmSync(state, { recursive: true, force: true })
  }
})
