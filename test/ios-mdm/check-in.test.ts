/** Check-in messages, one by one, and what may not be said. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { readDictionary } from '../../shared/mdm/plist.ts'
import { administer, CHECKIN, CONNECT, managedPhone, newPhone, type Phone, startMdm, TOPIC } from './kit.ts'

let lab: Lab
beforeAll(async () => {
  lab = await startMdm()
})
afterAll(() => lab.stop())

const device = async (phone: Phone) => (await administer(lab, 'GET', `/api/devices/${phone.udid}`)).json()
const UNRECOGNIZED = { status: 403, body: { code: 'com.apple.unrecognized.device' } }
const answer = ({ status, text }: { status: number; text: string }) => ({
  status,
  body: text === '' ? '' : JSON.parse(text),
})

describe('enrolment', () => {
  it('is Authenticate, then TokenUpdate; both are answered with 200 and zero bytes', async () => {
    const phone = await newPhone(lab)
    expect(await phone.authenticate()).toMatchObject({ status: 200, text: '' })
    expect(await device(phone)).toMatchObject({
      state: 'authenticated',
      certificate: phone.fingerprint,
      facts: { OSVersion: '18.2', SerialNumber: 'C02TEST' },
      push: null,
    })
    expect(answer(await phone.idle())).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('TokenUpdate') },
    })
    expect(await phone.tokenUpdate()).toMatchObject({ status: 200, text: '' })
    expect(await device(phone)).toMatchObject({
      state: 'enrolled',
      push: { token: '010203', magic: `magic of ${phone.udid}` },
    })
    expect(await phone.idle()).toMatchObject({ status: 200, text: '' })
  })

  it('the last TokenUpdate counts, and an unlock token that came once is kept', async () => {
    const phone = await managedPhone(lab)
    await phone.tokenUpdate({}, { UnlockToken: new Uint8Array([9]) })
    await phone.tokenUpdate({}, { Token: new Uint8Array(100).fill(7), PushMagic: 'another' })
    expect((await device(phone)).push).toEqual({ token: '07'.repeat(100), magic: 'another' })
  })

  it("a user's token does not take the place of the device's", async () => {
    const phone = await managedPhone(lab)
    expect((await phone.tokenUpdate({}, { UserID: 'user', PushMagic: 'of the user' })).status).toBe(200)
    expect((await device(phone)).push.magic).toBe(`magic of ${phone.udid}`)
  })

  it('EnrollmentID takes the place of UDID in user enrolment', async () => {
    const phone = await newPhone(lab)
    const message = { EnrollmentID: phone.udid, MessageType: 'Authenticate', Topic: TOPIC }
    expect((await phone.put('/mdm/checkin', message, { type: CHECKIN })).status).toBe(200)
    expect((await device(phone)).state).toBe('authenticated')
  })

  it('Authenticate of a known device begins anew: no commands, no push', async () => {
    const phone = await managedPhone(lab)
    await phone.queue('DeviceInformation')
    await phone.authenticate()
    expect(await device(phone)).toMatchObject({ state: 'authenticated', push: null, openCommands: 0 })
    await phone.tokenUpdate()
    expect(await phone.asks(phone.idle())).toBeNull()
  })
})

describe('without CheckInURL', () => {
  it.each([
    ['the media type', CHECKIN],
    ['the media type with a charset', `${CHECKIN}; charset=UTF-8`],
    ['what is said, where there is no media type', null],
  ])('check-ins on the server URL are told apart by %s', async (_what, type) => {
    const phone = await newPhone(lab)
    const authenticate = { UDID: phone.udid, MessageType: 'Authenticate', Topic: TOPIC }
    expect((await phone.put('/mdm/connect', authenticate, { type })).status).toBe(200)
    expect((await device(phone)).state).toBe('authenticated')
  })

  it.each([
    ['Apple’s', CONNECT],
    ['the bare', 'application/x-apple-aspen-mdm'],
    ['no', null],
  ])('reports come with %s media type', async (_what, type) => {
    const phone = await managedPhone(lab)
    expect(await phone.idle({ type })).toMatchObject({ status: 200, text: '' })
  })
})

describe('CheckOut', () => {
  it('ends the management; it may come twice; a later message is answered with Apple’s 403', async () => {
    const phone = await managedPhone(lab)
    await phone.queue('DeviceInformation')
    for (const _twice of [1, 2])
      expect(await phone.checkIn('CheckOut', { Topic: TOPIC })).toMatchObject({ status: 200, text: '' })
    expect(await device(phone)).toMatchObject({ state: 'left', push: null, openCommands: 0 })
    expect(answer(await phone.idle())).toEqual(UNRECOGNIZED)
    expect(answer(await phone.tokenUpdate())).toEqual(UNRECOGNIZED)
    const { status, json } = await administer(lab, 'POST', `/api/devices/${phone.udid}/commands`, {
      RequestType: 'DeviceLock',
    })
    expect({ status, body: json() }).toEqual({ status: 409, body: { error: `${phone.udid} has left the management` } })
    expect((await phone.authenticate()).status).toBe(200)
  })
})

describe('the bootstrap token', () => {
  it('is given back as it was set, is empty before and after it was taken back', async () => {
    const phone = await managedPhone(lab)
    expect(await phone.checkIn('GetBootstrapToken')).toMatchObject({ status: 200, text: '' })
    const BootstrapToken = new Uint8Array([0, 255, 7])
    expect(await phone.checkIn('SetBootstrapToken', { BootstrapToken })).toMatchObject({ status: 200, text: '' })
    await lab.stopHost('ios-mdm')
    await lab.startHost('ios-mdm')
    const { body, headers } = await phone.checkIn('GetBootstrapToken')
    expect(headers['content-type']).toContain('application/xml')
    expect(readDictionary(body)).toEqual({ BootstrapToken })
    await phone.checkIn('SetBootstrapToken')
    expect(await phone.checkIn('GetBootstrapToken')).toMatchObject({ status: 200, text: '' })
  })
})

describe('what is not served', () => {
  it('UserAuthenticate is declined with 410, and the device stays', async () => {
    const phone = await managedPhone(lab)
    expect((await phone.checkIn('UserAuthenticate', { UserID: 'x' })).status).toBe(410)
    expect((await device(phone)).state).toBe('enrolled')
  })

  it('GetToken is answered with 400, and the service is named', async () => {
    const phone = await managedPhone(lab)
    expect(answer(await phone.checkIn('GetToken', { TokenServiceType: 'com.apple.maid' }))).toEqual({
      status: 400,
      body: { error: 'no token for the service "com.apple.maid"' },
    })
  })

  it('DeclarativeManagement has no declarations', async () => {
    const phone = await managedPhone(lab)
    const at = async (Endpoint: string) => answer(await phone.checkIn('DeclarativeManagement', { Endpoint }))
    const { body: tokens } = await at('tokens')
    const { body: items } = await at('declaration-items')
    expect(items.Declarations).toEqual({ Activations: [], Assets: [], Configurations: [], Management: [] })
    expect(items.DeclarationsToken).toBe(tokens.SyncTokens.DeclarationsToken)
    expect(await at('status')).toEqual({ status: 200, body: '' })
    expect((await at('declaration/activation/x')).status).toBe(404)
    expect((await at('elsewhere')).status).toBe(400)
  })

  it.each(['Reboot', '__proto__', 'constructor', 'toString'])('a MessageType %s is refused by name', async type => {
    const phone = await managedPhone(lab)
    expect(answer(await phone.checkIn(type))).toMatchObject({
      status: 400,
      body: {
        error: expect.stringContaining(`MessageType "${type}" is not known; known are Authenticate, TokenUpdate`),
      },
    })
  })
})

describe('of a device that is not enrolled', () => {
  it.each([
    'TokenUpdate',
    'CheckOut',
    'SetBootstrapToken',
    'GetBootstrapToken',
    'UserAuthenticate',
    'DeclarativeManagement',
    'GetToken',
  ])('%s is answered with Apple’s 403', async type => {
    const phone = await newPhone(lab)
    expect(answer(await phone.checkIn(type, { Topic: TOPIC }))).toEqual(UNRECOGNIZED)
  })

  it('a report is answered with Apple’s 403', async () => {
    expect(answer(await (await newPhone(lab)).idle())).toEqual(UNRECOGNIZED)
  })
})

describe('a message that is none', () => {
  it.each<[string, string, object | string]>([
    ['no property list', '/mdm/checkin', 'hello'],
    ['no property list as a report', '/mdm/connect', '<html>'],
    ['nothing', '/mdm/connect', ''],
    ['a list', '/mdm/connect', '<plist><array/></plist>'],
    ['no MessageType', '/mdm/checkin', { UDID: 'x' }],
    ['a MessageType that is a number', '/mdm/checkin', { UDID: 'x', MessageType: 5 }],
    ['no sender', '/mdm/checkin', { MessageType: 'TokenUpdate' }],
    ['an empty UDID', '/mdm/checkin', { UDID: '', MessageType: 'TokenUpdate' }],
    ['a UDID of 10,000 characters', '/mdm/checkin', { UDID: 'x'.repeat(10_000), MessageType: 'TokenUpdate' }],
    ['no Topic', '/mdm/checkin', { UDID: 'x', MessageType: 'Authenticate' }],
    ['another Topic', '/mdm/checkin', { UDID: 'x', MessageType: 'Authenticate', Topic: 'com.apple.mgmt.other' }],
    ['no Status', '/mdm/connect', { UDID: 'x' }],
    ['an unknown Status', '/mdm/connect', { UDID: 'x', Status: 'Fine' }],
  ])('%s is answered with 400 and the reason, never with 401', async (_what, path, message) => {
    const phone = await newPhone(lab)
    const { status, json } = await phone.put(path, message as never, {
      type: path.endsWith('checkin') ? CHECKIN : CONNECT,
    })
    expect({ status, error: json().error }).toEqual({ status: 400, error: expect.stringMatching(/.{10}/) })
  })

  it.each<[string, object]>([
    ['no token', { PushMagic: 'x' }],
    ['a token that is a text', { Token: 'abc', PushMagic: 'x' }],
    ['an empty token', { Token: new Uint8Array(), PushMagic: 'x' }],
    ['no magic', { Token: new Uint8Array([1]) }],
  ])('a TokenUpdate with %s changes nothing', async (_what, keys) => {
    const phone = await managedPhone(lab)
    expect((await phone.checkIn('TokenUpdate', { Topic: TOPIC, ...keys } as never)).status).toBe(400)
    expect((await device(phone)).push.token).toBe('010203')
  })

  it.each(['GET', 'POST', 'DELETE'])('%s on an MDM address is answered with 404 and what there is', async method => {
    const phone = await managedPhone(lab)
    const { status, json } = await phone.put('/mdm/connect', { UDID: phone.udid, Status: 'Idle' }, { method })
    expect({ status, error: json().error }).toEqual({
      status: 404,
      error: expect.stringContaining(`no ${method} /mdm/connect here; there are PUT /mdm/checkin`),
    })
  })

  it('leaves everybody else alone', async () => {
    const phone = await managedPhone(lab)
    await phone.put('/mdm/connect', '<plist>', { type: CONNECT })
    expect((await phone.idle()).status).toBe(200)
  })
})
