/** The provider API: every documented answer, from outside. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCertificate } from '../../certs/make/certificate.ts'
import { makePushCertificate } from '../../certs/make/push-certificate.ts'
import type { Lab } from '../../lab/start-lab.ts'
import { leftOut } from '../requires.ts'
import {
  bearer,
  Device,
  MDM_TOPIC,
  openProvider,
  providerToken,
  pushTo,
  seconds,
  sights,
  startServices,
  uuid,
} from './kit.ts'

const APP = 'com.example.app'
let lab: Lab
let device: Device
let token: string
beforeAll(async () => {
  lab = await startServices()
  device = new Device(lab, { host: 'apple', port: 5223 })
  token = await device.connect([MDM_TOPIC, APP])
})
afterAll(async () => {
  await device[Symbol.asyncDispose]()
  await lab.stop()
})

describe('a push that is taken', () => {
  it.each([443, 2197] as const)('by %i, with the certificate alone: the topic is its UID', async port => {
    const id = uuid()
    const said = await pushTo(lab, token, { port, headers: { 'apns-id': id }, body: '{"mdm":"of this test"}' })
    expect(said).toEqual({ status: 200, id, reason: undefined, timestamp: undefined })
    expect(await device.hears('push')).toEqual({
      type: 'push',
      id,
      topic: MDM_TOPIC,
      payload: '{"mdm":"of this test"}',
    })
    expect(sights(lab, 'push-sent', 'apple').at(-1)?.detail).toEqual({ id, topic: MDM_TOPIC })
  })

  it('has an id of its own where none is given', async () => {
    const { status, id } = await pushTo(lab, token)
    expect(status).toBe(200)
    expect((await device.hears('push')).id).toBe(id)
    expect(id).toMatch(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/)
  })

  it('with every documented header', async () => {
    const headers = {
      ...{ 'apns-topic': MDM_TOPIC, 'apns-push-type': 'mdm', 'apns-priority': '5' },
      ...{ 'apns-expiration': seconds(60), 'apns-collapse-id': 'x'.repeat(64) },
    }
    expect((await pushTo(lab, token.toUpperCase(), { headers })).status).toBe(200)
    await device.hears('push')
  })

  it('by a token for an application that is no MDM', async () => {
    const headers = { ...bearer(providerToken(lab)), 'apns-topic': APP }
    expect((await pushTo(lab, token, { headers, identity: null, body: 'x'.repeat(4096) })).status).toBe(200)
    expect(await device.hears('push')).toMatchObject({ topic: APP, payload: 'x'.repeat(4096) })
  })
})

describe('a push that is refused', () => {
  const certificate: [string, number, Record<string, string>, object?][] = [
    ['BadMessageId', 400, { 'apns-id': 'one' }],
    ['BadTopic', 400, { 'apns-topic': 'no topic' }],
    ['TopicDisallowed', 400, { 'apns-topic': APP }],
    ['InvalidPushType', 400, { 'apns-push-type': 'knock' }],
    ['BadExpirationDate', 400, { 'apns-expiration': 'tomorrow' }],
    ['BadPriority', 400, { 'apns-priority': '7' }],
    ['BadCollapseId', 400, { 'apns-collapse-id': 'x'.repeat(65) }],
    ['PayloadEmpty', 400, {}, { body: '' }],
    ['PayloadTooLarge', 413, {}, { body: 'x'.repeat(4097) }],
    ['PayloadTooLarge', 413, {}, { body: 'x'.repeat(500_000) }],
    ['BadDeviceToken', 400, {}, { path: `/3/device/${'00'.repeat(32)}` }],
    ['BadDeviceToken', 400, {}, { path: '/3/device/xyz' }],
    ['MissingDeviceToken', 400, {}, { path: '/3/device/' }],
    ['BadPath', 404, {}, { path: '/4/device/00' }],
    ['MethodNotAllowed', 405, {}, { method: 'PUT' }],
  ]
  it.each(certificate)('%s, %i', async (reason, status, headers, more = {}) => {
    expect(await pushTo(lab, token, { headers, ...more })).toMatchObject({
      ...{ status, reason },
      id: expect.stringMatching(/^[0-9A-F-]{36}$/),
    })
  })

  it('DuplicateHeaders', async () => {
    const headers = { 'apns-priority': ['5', '10'] }
    expect(await pushTo(lab, token, { headers })).toMatchObject({ status: 400, reason: 'DuplicateHeaders' })
  })

  it('DeviceTokenNotForTopic: the device has no such application', async () => {
    await using other = new Device(lab, { host: 'apple', port: 5223 })
    const its = await other.connect([APP])
    expect(await pushTo(lab, its)).toMatchObject({ status: 400, reason: 'DeviceTokenNotForTopic' })
    other.say({ type: 'topics', topics: [APP, MDM_TOPIC] })
    await expect.poll(async () => (await pushTo(lab, its)).status).toBe(200)
  })

  it('Unregistered, with the time since when; it ends when the application is there again', async () => {
    await using other = new Device(lab, { host: 'apple', port: 5223 })
    const its = await other.connect([MDM_TOPIC])
    other.say({ type: 'unregister', topic: MDM_TOPIC })
    const since = Date.now()
    await expect.poll(async () => (await pushTo(lab, its)).status).toBe(410)
    const { reason, timestamp = 0 } = await pushTo(lab, its)
    expect(reason).toBe('Unregistered')
    expect(Math.abs(timestamp - since)).toBeLessThan(2_000)
    other.say({ type: 'topics', topics: [MDM_TOPIC] })
    await expect.poll(async () => (await pushTo(lab, its)).status).toBe(200)
  })

  it('TooManyRequests: the 101st to one device within 10 s', async () => {
    await using other = new Device(lab, { host: 'apple', port: 5223 })
    const its = await other.connect([MDM_TOPIC])
    await using provider = openProvider(lab)
    const all = await Promise.all(Array.from({ length: 101 }, () => provider.push(its)))
    expect(all.filter(({ status }) => status === 200)).toHaveLength(100)
    expect(all.find(({ status }) => status !== 200)).toMatchObject({ status: 429, reason: 'TooManyRequests' })
    expect((await pushTo(lab, token)).status).toBe(200)
  })
})

describe('who may push', () => {
  const of = async (identity: Awaited<ReturnType<typeof makeCertificate>>) => pushTo(lab, token, { identity })

  it('MissingProviderToken: neither certificate nor token', async () => {
    expect(await pushTo(lab, token, { identity: null })).toMatchObject({ status: 403, reason: 'MissingProviderToken' })
  })

  it('BadCertificate: of another authority, expired, or without a topic', async () => {
    const { credentials } = lab.state
    const foreign = await makePushCertificate('APSP:stranger', credentials.identity('lab-ca'), 'ec', new Date())
    expect(await of(foreign)).toMatchObject({ status: 403, reason: 'BadCertificate' })
    const old = new Date(Date.now() - 400 * 86_400_000)
    const expired = await makePushCertificate('APSP:old', credentials.identity('internet-ca'), 'ec', old)
    expect(await of(expired)).toMatchObject({ status: 403, reason: 'BadCertificate' })
    expect(await of(credentials.identity('kaspersky'))).toMatchObject({ status: 403, reason: 'BadCertificate' })
  })

  it('BadCertificateEnvironment: not for the production service', async () => {
    const issuer = lab.state.credentials.identity('internet-ca')
    const order = {
      commonName: 'x',
      uid: MDM_TOPIC,
      issuer,
      algorithm: 'ec',
      purposes: ['client'],
      now: new Date(),
    } as const
    expect(await of(await makeCertificate(order))).toMatchObject({ status: 403, reason: 'BadCertificateEnvironment' })
  })

  it.each([
    ['no token', () => 'x', 'InvalidProviderToken'],
    ['another team', () => providerToken(lab, { iss: 'OTHERTEAM1' }), 'InvalidProviderToken'],
    ['another key', () => providerToken(lab, { key: 'apple' }), 'InvalidProviderToken'],
    ['from the future', () => providerToken(lab, { age: -300 }), 'InvalidProviderToken'],
    ['a key id that is not ours', () => providerToken(lab, { kid: 'OTHERKEY01' }), 'UnrelatedKeyIdInToken'],
    ['61 minutes old', () => providerToken(lab, { age: 3_660 }), 'ExpiredProviderToken'],
    ['changed', () => providerToken(lab).replace(/\.[^.]+\./, one => `${one.slice(0, -2)}A.`), 'InvalidProviderToken'],
  ])('a token: %s', async (_what, make, reason) => {
    const headers = { ...bearer(make()), 'apns-topic': APP }
    expect(await pushTo(lab, token, { headers, identity: null })).toMatchObject({ status: 403, reason })
  })

  it('by a token MissingTopic, and TopicDisallowed for the topic of an MDM', async () => {
    const ask = (more: Record<string, string>) =>
      pushTo(lab, token, { headers: { ...bearer(providerToken(lab)), ...more }, identity: null })
    expect(await ask({})).toMatchObject({ status: 400, reason: 'MissingTopic' })
    expect(await ask({ 'apns-topic': MDM_TOPIC })).toMatchObject({ status: 400, reason: 'TopicDisallowed' })
  })

  it('TooManyProviderTokenUpdates: another token on the same connection within 20 minutes', async () => {
    await using provider = openProvider(lab, { identity: null })
    const by = (age: number) => ({ headers: { ...bearer(providerToken(lab, { age })), 'apns-topic': APP } })
    const first = by(0)
    expect((await provider.push(token, first)).status).toBe(200)
    expect((await provider.push(token, first)).status).toBe(200)
    expect(await provider.push(token, by(60))).toMatchObject({ status: 429, reason: 'TooManyProviderTokenUpdates' })
  })
})

describe('the connection', () => {
  it('HTTP/1.1 is refused by an alert of TLS', async () => {
    const at = lab.endpoint('apple', 2197)
    const socket = connect({ ...at, host: at.address, ALPNProtocols: ['http/1.1'], rejectUnauthorized: false })
    const error = await new Promise<NodeJS.ErrnoException>(resolve => socket.once('error', resolve))
    expect(error.code).toBe('ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL')
  })

  const missing = leftOut('curl --http2', 'curl', ['--http2', '--version'])
  it.skipIf(missing !== null)('curl --http2 pushes with the certificate, and says what APNs says', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'ksc-lab-apns-'))
    try {
      const { cert, key } = lab.state.credentials.identity('apple-push')
      const file = (name: string, text: string) => {
        writeFileSync(join(dir, name), text)
        return join(dir, name)
      }
      const at = lab.endpoint('apple', 443)
      const curl = async (topic: string) =>
        promisify(execFile)('curl', [
          ...['-sS', '--http2', '-w', '\n%{http_version} %{http_code}'],
          ...['--connect-to', `api.push.apple.com:443:${at.address}:${at.port}`],
          ...['--cacert', file('ca.crt', lab.state.credentials.authority('internet-ca'))],
          ...['--cert', file('push.crt', cert), '--key', file('push.key', key)],
          ...['-H', `apns-topic: ${topic}`, '-H', 'apns-push-type: mdm', '-d', '{"mdm":"of curl"}'],
          `https://api.push.apple.com/3/device/${token}`,
        ])
      device.heard.length = 0
      expect((await curl(MDM_TOPIC)).stdout).toBe('\n2 200')
      expect((await device.hears('push')).payload).toBe('{"mdm":"of curl"}')
      expect((await curl('com.example.other')).stdout).toBe('{"reason":"TopicDisallowed"}\n2 400')
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  })
})
