/** 13292 and 13293 of the Server: who is welcome, as whom, and what is said to the others. */
import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { fingerprintOf } from '../../shared/tls/seen.ts'
import {
  administrator,
  agent,
  deviceOf,
  devices,
  dial,
  event,
  hello,
  newNonce,
  startServer,
  sync,
  works,
} from '../klserver/kit.ts'
import { arrive, enrol, enrolled, lapsed, made, newKey, phone, phoneHello } from './kit.ts'

let lab: Lab
beforeAll(async () => {
  lab = await startServer()
})
afterAll(() => lab.stop())

const authority = () => lab.state.credentials.identity('mobile-ca')
const listed = async (name: string) => {
  const { user, groupId, state } = await deviceOf(lab, name)
  return { user, groupId, state }
}

describe('the ports', () => {
  it.each([13292, 13293] as const)('%i shows the mobile certificate', async port => {
    const { agentId, identity } = await enrolled(lab)
    using device = await phone(lab, { port, identity }, { agentId })
    const shown = (device.socket as import('node:tls').TLSSocket).getPeerX509Certificate()
    expect(shown && fingerprintOf(shown)).toBe(
      fingerprintOf(new X509Certificate(lab.certificate('klserver', 'mobile'))),
    )
    expect(await works(device)).toBe(true)
  })

  it('13292 serves a device without a certificate, as a device of nobody', async () => {
    using device = await phone(lab, {}, { host: 'phone-of-nobody' })
    expect(await works(device)).toBe(true)
    expect(await listed('phone-of-nobody')).toEqual({ user: undefined, groupId: 0, state: 'on' })
  })

  it('13293 refuses it by TLS, with the alert that says so', async () => {
    using device = await arrive(lab, 13293)
    device.send(phoneHello())
    await device.ended
    expect(device.broken).toBe('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED')
    expect(await device.rest()).toEqual([])
  })

  it.each([13292, 13293] as const)('%i ties a device with a certificate to its user', async port => {
    const { agentId, identity } = await enrolled(lab, `user-${port}`)
    using device = await phone(lab, { port, identity }, { agentId, host: `phone-${port}` })
    expect(await works(device)).toBe(true)
    expect(await listed(`phone-${port}`)).toEqual({ user: `user-${port}`, groupId: 0, state: 'on' })
  })

  it('a device is still whose it was when it comes without its certificate', async () => {
    const { agentId, identity } = await enrolled(lab, 'bob')
    for (const shown of [identity, undefined]) {
      using device = await phone(lab, { identity: shown }, { agentId, host: 'phone-of-bob' })
      expect(await works(device)).toBe(true)
      expect(await listed('phone-of-bob')).toMatchObject({ user: 'bob' })
    }
  })

  it('are for mobile devices alone, and these for no other port', async () => {
    using device = await arrive(lab, 13292)
    expect(await device.ask(hello())).toMatchObject({
      code: 'role-refused',
      message: 'a session as agent is not for this port; welcome here: mobile-device',
    })
    using elsewhere = await dial(lab, 13000)
    expect(await elsewhere.ask(phoneHello())).toMatchObject({ code: 'role-refused' })
  })

  it('take no message that is not for mobile devices', async () => {
    using device = await phone(lab)
    expect(await device.ask({ type: 'list-devices', id: 1, nonce: newNonce() })).toMatchObject({
      code: 'message-refused',
      message: 'list-devices is not for this role; it may send enrol, sync, event, push-token, ping',
    })
  })

  it('want to know which device it is', async () => {
    using device = await arrive(lab, 13292)
    const { agentId: _none, ...nameless } = phoneHello()
    expect(await device.ask(nameless)).toMatchObject({ code: 'bad-hello', message: expect.stringContaining('agentId') })
  })
})

describe('enrolment', () => {
  it('issues a certificate of the mobile authority to this device and user, for 365 days', async () => {
    using device = await phone(lab)
    const key = newKey()
    const answer = await device.ask(await enrol('carol', key))
    const issued = new X509Certificate(String(answer.certificate))
    expect(issued.verify(new X509Certificate(authority().cert).publicKey)).toBe(true)
    expect(issued.subject.split('\n')).toEqual([
      'CN=carol',
      `serialNumber=${device.agentId}`,
      'OU=Mobile device',
      'O=ksc-lab',
    ])
    expect((issued.validToDate.getTime() - issued.validFromDate.getTime()) / 86_400_000).toBe(365)
    expect(answer.validTo).toBe(issued.validToDate.getTime())
    expect(issued.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
  })

  it('says what is wrong with a request', async () => {
    using device = await phone(lab)
    expect(await device.ask({ ...(await enrol()), request: 'nothing' })).toMatchObject({
      code: 'bad-request',
      message: 'enrol.request is not the PEM of a PKCS #10 certificate request',
    })
    const { request } = await enrol()
    const [begin, ...lines] = request.split('\n')
    const der = Buffer.from(lines.slice(0, -1).join(''), 'base64')
    const last = der.length - 1
    der[last] = (der[last] ?? 0) ^ 1
    const forged = `${begin}\n${der.toString('base64')}\n${lines.at(-1)}`
    expect(await device.ask({ ...(await enrol()), request: forged })).toMatchObject({
      code: 'bad-request',
      message: 'the signature of enrol.request is not by the key in it',
    })
    expect(await works(device)).toBe(true)
  })

  it('gives a device of one user no certificate of another', async () => {
    const { agentId, identity } = await enrolled(lab, 'dave')
    for (const shown of [identity, undefined]) {
      using device = await phone(lab, { identity: shown }, { agentId })
      expect(await device.ask(await enrol('mallory'))).toMatchObject({
        code: 'enrolment-refused',
        message: "this device is dave's, and asks for a certificate of mallory",
      })
      expect(await device.ask(await enrol('dave'))).toMatchObject({ type: 'enrolled' })
    }
  })
})

describe('a client certificate is refused in words', () => {
  const device = '6b1c8f5e-1111-4222-8333-444455556666'
  it.each([
    [
      'of another authority',
      () => made({ device, issuer: lab.state.credentials.identity('lab-ca') }),
      'client-certificate-refused',
      'was not issued by CN=ksc-lab mobile authority',
    ],
    [
      "the Server's own for Network Agents",
      async () => lab.state.credentials.identity('common'),
      'client-certificate-refused',
      'CN=Administration Server, O=ksc-lab) was not issued by CN=ksc-lab mobile authority',
    ],
    ['the authority itself', async () => authority(), 'client-certificate-refused', 'is an authority, not a device'],
    [
      'expired',
      () => made({ device, issuer: authority(), ...lapsed() }),
      'client-certificate-expired',
      'expired on 20',
    ],
    [
      'of another device',
      () => made({ device: '00000000-1111-4222-8333-444455556666', issuer: authority() }),
      'client-certificate-of-another-device',
      'was issued to the device 00000000-1111',
    ],
    ['of no device', () => made({ issuer: authority() }), 'client-certificate-refused', 'names no user and no device'],
  ])('%s', async (_what, make, code, words) => {
    const identity = await make()
    for (const port of [13292, 13293] as const) {
      using stranger = await arrive(lab, port, { identity })
      const answer = await stranger.ask(phoneHello({ agentId: device }))
      expect(answer).toMatchObject({ type: 'error', code })
      expect(answer.message).toContain(words)
      expect(await stranger.next()).toEqual({ type: 'END' })
    }
  })

  it('revoked, and the device is given no other one', async () => {
    const { agentId, identity } = await enrolled(lab, 'erin')
    using first = await phone(lab, { identity }, { agentId, host: 'phone-of-erin' })
    const { hostId } = await deviceOf(lab, 'phone-of-erin')
    using console = await administrator(lab)
    expect(await console.ask({ type: 'revoke-certificates', id: 3, nonce: newNonce(), hostId })).toMatchObject({
      type: 'revoked',
      id: 3,
      hostId,
    })
    using again = await arrive(lab, 13293, { identity })
    expect(await again.ask(phoneHello({ agentId }))).toMatchObject({
      code: 'client-certificate-revoked',
      message: expect.stringContaining('the certificates of erin on this device were revoked on 20'),
    })
    using bare = await phone(lab, {}, { agentId })
    expect(await bare.ask(await enrol('erin'))).toMatchObject({
      code: 'enrolment-refused',
      message: expect.stringContaining('reset it to enrol anew'),
    })
    first.socket.destroy()
  })

  it('and only mobile devices have one to revoke', async () => {
    using desktop = await agent(lab, 14000, { host: 'desktop' })
    const { hostId } = await deviceOf(lab, 'desktop')
    using console = await administrator(lab)
    const revoke = { type: 'revoke-certificates', id: 1, nonce: newNonce() }
    expect(await console.ask({ ...revoke, hostId })).toMatchObject({
      code: 'not-mobile',
      message: expect.stringContaining('desktop'),
    })
    expect(await console.ask({ ...revoke, hostId: desktop.agentId })).toMatchObject({ code: 'no-such-device' })
  })
})

describe('what a mobile device sends', () => {
  it('is kept once, however often it comes', async () => {
    const { agentId, identity } = await enrolled(lab)
    const once = event()
    for (const known of [false, true]) {
      using device = await phone(lab, { identity }, { agentId })
      expect(await device.ask({ ...once, nonce: newNonce() })).toMatchObject({
        type: 'stored',
        eventId: once.eventId,
        known,
      })
    }
  })

  it('a synchronisation brings the reserve of the mobile certificate, not of the common one', async () => {
    using device = await phone(lab)
    const { reserveCertificate } = await device.ask(sync())
    const pem = lab.state.credentials.identity('mobile-reserve').cert
    expect(fingerprintOf(new X509Certificate(reserveCertificate as Buffer))).toBe(
      fingerprintOf(new X509Certificate(pem)),
    )
  })

  it('a device that was there before is one device', async () => {
    const { agentId, identity } = await enrolled(lab, 'frank')
    for (const host of ['phone-old', 'phone-new']) {
      using device = await phone(lab, { identity }, { agentId, host })
      expect(await works(device)).toBe(true)
    }
    expect((await devices(lab)).filter(({ user }) => user === 'frank').map(({ name }) => name)).toEqual(['phone-new'])
  })
})
