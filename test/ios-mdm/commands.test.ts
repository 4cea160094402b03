/** Commands and answers over HTTP, and what a restart leaves of them. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { printPlist, readDictionary } from '../../shared/mdm/plist.ts'
import { administer, ask, basic, CONNECT, managedPhone, type Phone, startMdm } from './kit.ts'

let lab: Lab
beforeAll(async () => {
  lab = await startMdm()
})
afterAll(() => lab.stop())

const restart = async (one = lab) => {
  await one.stopHost('ios-mdm')
  await one.startHost('ios-mdm')
}
const states = async (phone: Phone): Promise<string[]> =>
  (await administer(lab, 'GET', `/api/devices/${phone.udid}/commands`))
    .json()
    .map(({ state }: { state: string }) => state)

describe('a command', () => {
  it('is a property list with CommandUUID and Command; none is zero bytes', async () => {
    const phone = await managedPhone(lab)
    expect((await phone.idle()).body).toHaveLength(0)
    const uuid = await phone.queue('DeviceInformation', { Queries: ['OSVersion', 'UDID'] })
    const { headers, body } = await phone.idle()
    expect(headers['content-type']).toContain('application/xml')
    expect(readDictionary(body)).toEqual({
      CommandUUID: uuid,
      Command: { RequestType: 'DeviceInformation', Queries: ['OSVersion', 'UDID'] },
    })
  })

  it('goes out again until it is answered, and the next one comes with the answer to it', async () => {
    const phone = await managedPhone(lab)
    const [first, second] = [await phone.queue('DeviceInformation'), await phone.queue('ProfileList')]
    expect(await phone.asks(phone.idle())).toBe(first)
    expect(await phone.asks(phone.idle())).toBe(first)
    expect(await phone.asks(phone.report('Acknowledged', first))).toBe(second)
    expect(await phone.asks(phone.report('Acknowledged', first))).toBe(second)
    expect(await phone.asks(phone.report('Error', second, { ErrorChain: [{ ErrorCode: 1 }] }))).toBeNull()
    expect(await states(phone)).toEqual(['acknowledged', 'error'])
  })

  it('with its answer is shown to the administrator, data as base64 and dates as ISO 8601', async () => {
    const phone = await managedPhone(lab)
    const uuid = await phone.queue('DeviceInformation', { Queries: ['UDID'] })
    expect(await phone.command(uuid)).toMatchObject({ state: 'queued', answer: null })
    await phone.idle()
    expect(await phone.command(uuid)).toMatchObject({ state: 'sent' })
    const at = new Date('2030-01-31T08:05:00Z')
    await phone.report('Acknowledged', uuid, { QueryResponses: { data: new Uint8Array([1, 2]), at, text: 'ä' } })
    expect(await phone.command(uuid)).toEqual({
      uuid,
      requestType: 'DeviceInformation',
      state: 'acknowledged',
      queuedAt: expect.any(String),
      answeredAt: expect.any(String),
      command: { RequestType: 'DeviceInformation', Queries: ['UDID'] },
      answer: {
        UDID: phone.udid,
        Status: 'Acknowledged',
        CommandUUID: uuid,
        QueryResponses: { data: 'AQI=', at: '2030-01-31T08:05:00.000Z', text: 'ä' },
      },
    })
  })

  it('that was refused with NotNow is passed over until the device is idle again', async () => {
    const phone = await managedPhone(lab)
    const [first, second] = [await phone.queue('InstallProfile'), await phone.queue('ProfileList')]
    expect(await phone.asks(phone.idle())).toBe(first)
    expect(await phone.asks(phone.report('NotNow', first))).toBe(second)
    expect(await phone.asks(phone.report('Acknowledged', second))).toBeNull()
    expect(await states(phone)).toEqual(['not-now', 'acknowledged'])
    expect(await phone.asks(phone.idle())).toBe(first)
    expect(await phone.asks(phone.report('CommandFormatError', first))).toBeNull()
    expect(await states(phone)).toEqual(['format-error', 'acknowledged'])
  })

  it('an answer to nothing changes nothing; an answer without its command is refused', async () => {
    const phone = await managedPhone(lab)
    const uuid = await phone.queue('DeviceInformation')
    expect(await phone.asks(phone.report('Acknowledged', 'ABC'))).toBe(uuid)
    const { status, json } = await phone.report('Acknowledged')
    expect({ status, error: json().error }).toEqual({
      status: 400,
      error: expect.stringContaining('CommandUUID: is missing'),
    })
    expect(await states(phone)).toEqual(['sent'])
  })

  it('is taken back where it was not answered', async () => {
    const phone = await managedPhone(lab)
    const [first, second] = [await phone.queue('DeviceLock'), await phone.queue('ProfileList')]
    expect((await administer(lab, 'DELETE', `/api/devices/${phone.udid}/commands/${first}`)).status).toBe(204)
    expect(await phone.asks(phone.idle())).toBe(second)
    await phone.report('Acknowledged', second)
    expect((await administer(lab, 'DELETE', `/api/devices/${phone.udid}/commands/${second}`)).status).toBe(409)
  })
})

describe('a restart', () => {
  it('loses no device, command or answer', async () => {
    const phone = await managedPhone(lab)
    const [first, second, third] = [
      await phone.queue('DeviceInformation'),
      await phone.queue('InstallProfile'),
      await phone.queue('DeviceLock'),
    ]
    await phone.idle()
    await phone.report('Acknowledged', first, { QueryResponses: { OSVersion: '18.2' } })
    await phone.report('NotNow', second)
    await restart()
    expect(await states(phone)).toEqual(['acknowledged', 'not-now', 'queued'])
    expect((await phone.command(first)).answer).toMatchObject({ QueryResponses: { OSVersion: '18.2' } })
    expect(await phone.asks(phone.idle())).toBe(second)
    expect(await phone.asks(phone.report('Acknowledged', second))).toBe(third)
  })

  it('a device’s file that cannot be read is kept aside, and the others are there', async () => {
    const state = mkdtempSync(join(tmpdir(), 'ksc-lab-ios-mdm-'))
    try {
      await using own = await startMdm({}, state)
      const [phone, other] = [await managedPhone(own), await managedPhone(own)]
      const folder = join(state, 'hosts', 'ios-mdm', 'ios-mdm', 'ios-mdm', 'devices')
      const [file = ''] = readdirSync(folder)
      await own.stopHost('ios-mdm')
      writeFileSync(join(folder, file), '{"half":')
      await own.startHost('ios-mdm')
      const statuses = [(await phone.idle()).status, (await other.idle()).status].sort()
      expect(statuses).toEqual([200, 403])
      expect(readdirSync(folder).filter(name => name.startsWith(`${file}.unreadable-`))).toHaveLength(1)
    } finally {
      rmSync(state, { recursive: true, force: true })
    }
  })

  it('keeps the last hundred answers', async () => {
    const phone = await managedPhone(lab)
    const uuids: string[] = []
    for (let count = 0; count < 102; count++) {
      const uuid = await phone.queue('ProfileList')
      uuids.push(uuid)
      await phone.report('Acknowledged', uuid)
    }
    const kept = (await administer(lab, 'GET', `/api/devices/${phone.udid}/commands`)).json()
    expect(kept.map(({ uuid }: { uuid: string }) => uuid)).toEqual(uuids.slice(2))
  })
})

describe('a report', () => {
  const sized = (phone: Phone, uuid: string, bytes: number) => {
    const message = (text: string) =>
      printPlist({ UDID: phone.udid, Status: 'Acknowledged', CommandUUID: uuid, Text: text })
    return message('x'.repeat(bytes - message('x').length + 1))
  }

  it('of 2 MiB is taken and kept', async () => {
    const phone = await managedPhone(lab)
    const uuid = await phone.queue('InstalledApplicationList')
    const body = sized(phone, uuid, 2 * 1024 * 1024)
    expect(body).toHaveLength(2 * 1024 * 1024)
    expect((await phone.put('/mdm/connect', body, { type: CONNECT, by: 'both' })).status).toBe(200)
    expect(String(((await phone.command(uuid)).answer as unknown as { Text: string }).Text).length).toBeGreaterThan(
      2_096_000,
    )
  })

  it('above that is answered with 413 and the limit, and the device may go on', async () => {
    const phone = await managedPhone(lab)
    const uuid = await phone.queue('InstalledApplicationList')
    const { status, json } = await phone.put('/mdm/connect', sized(phone, uuid, 2 * 1024 * 1024 + 64 * 1024 + 1), {
      type: CONNECT,
    })
    expect({ status, error: json().error }).toEqual({
      status: 413,
      error: expect.stringContaining('a report has at most 2 MiB'),
    })
    expect(await phone.asks(phone.idle())).toBe(uuid)
  })

  it('repeats the nonce, and both are journalled', async () => {
    const phone = await managedPhone(lab)
    const nonce = `nonce-of-${phone.udid}`
    expect((await phone.idle({ headers: { 'x-ksc-lab-nonce': nonce } })).headers['x-ksc-lab-nonce']).toBe(nonce)
    for (const what of ['request-received', 'reply-sent'])
      await expect
        .poll(() => lab.journal.entries())
        .toContainEqual(expect.objectContaining({ what, detail: { nonce } }))
  })
})

describe('the administrator’s API', () => {
  it.each([
    ['GET', '/api/devices'],
    ['GET', '/api/devices/x'],
    ['POST', '/api/devices/x/commands'],
    ['GET', '/api/devices/x/commands'],
    ['DELETE', '/api/devices/x/commands/y'],
    ['POST', '/api/devices/x/push'],
    ['POST', '/api/enrolments'],
  ])('%s %s is the administrator’s alone', async (method, path) => {
    const phone = await managedPhone(lab)
    const { status, headers } = await ask(lab, path, { method, identity: phone.identity })
    expect({ status, challenge: headers['www-authenticate'] }).toEqual({
      status: 401,
      challenge: expect.stringContaining('Basic'),
    })
  })

  it('lists the devices, without their unlock and bootstrap tokens', async () => {
    const phone = await managedPhone(lab)
    await phone.checkIn('SetBootstrapToken', { BootstrapToken: new Uint8Array(Buffer.from('the bootstrap token')) })
    const { text, json } = await administer(lab, 'GET', '/api/devices')
    expect(json()).toContainEqual({
      udid: phone.udid,
      state: 'enrolled',
      enrolledAt: expect.any(String),
      lastSeen: null,
      certificate: phone.fingerprint,
      facts: { OSVersion: '18.2', SerialNumber: 'C02TEST' },
      push: { token: '010203', magic: `magic of ${phone.udid}` },
      openCommands: 0,
    })
    expect(text).not.toContain(Buffer.from('the bootstrap token').toString('base64'))
    await phone.idle()
    expect((await administer(lab, 'GET', `/api/devices/${phone.udid}`)).json().lastSeen).toMatch(/^20/)
  })

  it('says 404 for a device or command that is not there', async () => {
    const phone = await managedPhone(lab)
    for (const path of [
      '/api/devices/nobody',
      `/api/devices/${phone.udid}/commands/none`,
      '/api/devices/..%2f..%2fetc',
    ])
      expect([path, (await administer(lab, 'GET', path)).status]).toEqual([path, 404])
  })

  it.each<[string, unknown]>([
    ['no RequestType', {}],
    ['a RequestType that is a number', { RequestType: 5 }],
    ['a null', { RequestType: 'Settings', Settings: [null] }],
    ['a list', []],
    ['a control character', { RequestType: 'Settings', Text: '\u0001' }],
  ])('refuses a command with %s', async (_what, command) => {
    const phone = await managedPhone(lab)
    const { status, json } = await administer(lab, 'POST', `/api/devices/${phone.udid}/commands`, command as object)
    expect({ status, error: json().error }).toEqual({ status: 400, error: expect.any(String) })
    expect(await phone.asks(phone.idle())).toBeNull()
  })

  it('takes a command as a property list, for data and dates', async () => {
    const phone = await managedPhone(lab)
    const command = { RequestType: 'InstallProfile', Payload: new Uint8Array([1, 2, 3]) }
    const path = `/api/devices/${phone.udid}/commands`
    const headers = { ...basic(lab), 'content-type': 'application/xml' }
    expect((await ask(lab, path, { method: 'POST', headers, body: printPlist(command) })).status).toBe(201)
    expect(readDictionary((await phone.idle()).body).Command).toEqual(command)
    expect((await ask(lab, path, { method: 'POST', headers, body: '<plist>' })).status).toBe(400)
  })

  it('refuses the 201st open command, and one of more than 512 KiB', async () => {
    const phone = await managedPhone(lab)
    const path = `/api/devices/${phone.udid}/commands`
    const large = await administer(lab, 'POST', path, { RequestType: 'Settings', Text: 'x'.repeat(512 * 1024) })
    expect(large.status).toBe(413)
    for (let count = 0; count < 200; count += 50)
      await Promise.all(Array.from({ length: 50 }, () => phone.queue('DeviceInformation')))
    const { status, json } = await administer(lab, 'POST', path, { RequestType: 'DeviceInformation' })
    expect({ status, error: json().error }).toEqual({
      status: 429,
      error: expect.stringContaining('200 commands wait'),
    })
  })
})
