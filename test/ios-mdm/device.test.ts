/** The iOS device: enrolment, commands, reports that are kept, and when it leaves. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { sign } from '../../shared/mdm/cms.ts'
import { printPlist, readDictionary } from '../../shared/mdm/plist.ts'
import type { PlistObject } from '../../shared/mdm/plist-value.ts'
import type { PushNotice } from '../../shared/mdm/protocol.ts'
import { administer, ask, basic, Phone, readProfile } from './kit.ts'
import { type MdmStage, pushTo, setStage } from './stage.ts'

const as = (stage: MdmStage) => stage.lab as unknown as Lab

/** Server and device with pushes between them. */
async function setPair() {
  const stage = await setStage()
  const pushes: PushNotice[] = []
  const called: { device?: ReturnType<MdmStage['startDevice']> } = {}
  await stage.startServer(
    pushTo(notice => {
      pushes.push(notice)
      called.device?.calledByPush(notice.magic)
    }),
  )
  const device = stage.startDevice()
  called.device = device
  await expect.poll(() => device.enrolled).toBe(true)
  const path = `/api/devices/${device.udid}/commands`
  const queue = async (RequestType: string, keys: object = {}): Promise<string> =>
    (await administer(as(stage), 'POST', path, { RequestType, ...keys })).json().uuid
  const command = async (uuid: string) => (await administer(as(stage), 'GET', `${path}/${uuid}`)).json()
  const answered = async (uuid: string, state = 'acknowledged') => {
    await expect.poll(async () => (await command(uuid)).state).toBe(state)
    return (await command(uuid)).answer
  }
  return { stage, device, pushes, queue, command, answered, [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose]() }
}

describe('a device under management', () => {
  it('is pushed for a command, and answers it', async () => {
    await using pair = await setPair()
    const { QueryResponses } = await pair.answered(
      await pair.queue('DeviceInformation', { Queries: ['OSVersion', 'UDID', 'Nothing'] }),
    )
    expect(QueryResponses).toEqual({ OSVersion: '18.2', UDID: pair.device.udid })
    expect(pair.pushes).toEqual([
      {
        udid: pair.device.udid,
        token: Buffer.from(pair.device.token, 'base64'),
        magic: expect.stringMatching(/^[0-9A-F-]{36}$/),
        topic: 'com.apple.mgmt.External.ksc-lab',
      },
    ])
  })

  it('does not come for a push with another magic', async () => {
    await using stage = await setStage()
    await stage.startServer()
    const device = stage.startDevice()
    await expect.poll(() => device.enrolled).toBe(true)
    const { uuid } = (
      await administer(as(stage), 'POST', `/api/devices/${device.udid}/commands`, { RequestType: 'ProfileList' })
    ).json()
    const state = async () =>
      (await administer(as(stage), 'GET', `/api/devices/${device.udid}/commands/${uuid}`)).json().state
    device.calledByPush('another')
    // A session of its own afterwards: the first push has had its turn.
    await device.exclusively(async () => {})
    expect(await state()).toBe('queued')
  })

  it('has a list of applications of 256 KiB, and a list of profiles', async () => {
    await using pair = await setPair()
    const { InstalledApplicationList } = await pair.answered(await pair.queue('InstalledApplicationList'))
    expect(printPlist({ InstalledApplicationList }).length).toBeGreaterThanOrEqual(256 * 1024)
    const profile = printPlist({ PayloadIdentifier: 'test.profile', PayloadType: 'Configuration' })
    const signed = await sign(profile, pair.stage.lab.state.credentials.identity('ios-mdm'), 'attached')
    for (const Payload of [profile, signed]) {
      const body = printPlist({ RequestType: 'InstallProfile', Payload: new Uint8Array(Payload) })
      const headers = { ...basic(as(pair.stage)), 'content-type': 'application/xml' }
      const path = `/api/devices/${pair.device.udid}/commands`
      const { json } = await ask(as(pair.stage), path, { method: 'POST', headers, body })
      await pair.answered(json().uuid)
    }
    const { ProfileList } = await pair.answered(await pair.queue('ProfileList'))
    expect(ProfileList.map(({ PayloadIdentifier }: PlistObject) => PayloadIdentifier)).toEqual([
      'test.ksc-lab.mdm.profile',
      'test.profile',
    ])
  })

  it('answers Error to what it does not know, and to what it cannot do', async () => {
    await using pair = await setPair()
    const unknown = await pair.answered(await pair.queue('MakeCoffee'), 'error')
    expect(unknown.ErrorChain[0]).toMatchObject({ ErrorCode: 12021, ErrorDomain: 'MCMDMErrorDomain' })
    const impossible = await pair.answered(await pair.queue('InstallProfile', { Payload: 'text' }), 'error')
    expect(impossible.ErrorChain[0].USEnglishDescription).toBe('Payload is missing')
  })

  it('answers NotNow while it is locked, and comes again once it is unlocked', async () => {
    await using pair = await setPair()
    await pair.answered(await pair.queue('DeviceLock'))
    expect(pair.device.locked).toBe(true)
    const install = await pair.queue('InstallProfile', { Payload: 'text' })
    await expect.poll(async () => (await pair.command(install)).state).toBe('not-now')
    await pair.answered(await pair.queue('DeviceInformation'))
    const other = await pair.queue('InstallProfile', { Payload: 'text' })
    await expect.poll(async () => (await pair.command(other)).state).toBe('not-now')
    const pushes = pair.pushes.length
    pair.device.unlock()
    await pair.answered(install, 'error')
    await pair.answered(other, 'error')
    expect(pair.pushes).toHaveLength(pushes)
  })

  it('tells the server of another token, and loses no command by it', async () => {
    await using pair = await setPair()
    await pair.device.tokenChanged(new Uint8Array([9, 9]))
    const shown = async () => (await administer(as(pair.stage), 'GET', `/api/devices/${pair.device.udid}`)).json()
    await expect.poll(async () => (await shown()).push.token).toBe('0909')
    await pair.answered(await pair.queue('ProfileList'))
    expect(pair.pushes.at(-1)?.token).toEqual(Buffer.from([9, 9]))
  })

  it('tells the server when its profile is removed, and is not managed any more', async () => {
    await using pair = await setPair()
    await pair.device.leave()
    expect(pair.device.enrolled).toBe(false)
    expect((await administer(as(pair.stage), 'GET', '/api/devices')).json()).toMatchObject([
      { state: 'left', push: null },
    ])
  })
})

type Answering = (message: PlistObject, request: FastifyRequest, reply: FastifyReply) => unknown

/** The device is enrolled by the real server; what comes afterwards is answered by the test. */
async function setAlone(answer: Answering) {
  const stage = await setStage()
  const server = await stage.startServer()
  const device = stage.startDevice()
  await expect.poll(() => device.enrolled).toBe(true)
  const [{ push }] = (await administer(as(stage), 'GET', '/api/devices')).json()
  await server.stop()
  const came: PlistObject[] = []
  const requests: FastifyRequest[] = []
  await stage.startInstead((request, reply) => {
    const message = readDictionary(request.body as Buffer)
    came.push(message)
    requests.push(request)
    return answer(message, request, reply)
  })
  return {
    ...{ stage, device, came, requests },
    call: () => device.calledByPush(push.magic),
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  }
}

const command = (CommandUUID: string, RequestType = 'ProfileList') =>
  printPlist({ CommandUUID, Command: { RequestType } })

describe('a device', () => {
  it('says what Apple’s say: PUT, no media type, a signature and its certificate', async () => {
    await using alone = await setAlone((_message, _request, reply) => reply.send())
    alone.call()
    await expect.poll(() => alone.came).toEqual([{ UDID: alone.device.udid, Status: 'Idle' }])
    const [request] = alone.requests
    expect(request?.method).toBe('PUT')
    expect(request?.url).toBe('/mdm/connect')
    expect(request?.headers['content-type']).toBeUndefined()
    expect(request?.headers['user-agent']).toBe('MDM/1.0')
    expect(request?.headers['mdm-signature']).toMatch(/^[A-Za-z0-9+/]{1000,4000}=*$/)
  })

  it('keeps a report until it is answered with 2xx, and sends that very one again', async () => {
    const failures = [500, 502, 400]
    await using alone = await setAlone(({ Status }, _request, reply) => {
      if (Status === 'Idle') return reply.send(command('A'))
      const status = failures.shift()
      return status === undefined ? reply.send() : reply.code(status).send('no')
    })
    alone.call()
    await expect.poll(() => alone.came.length, { timeout: 10_000 }).toBe(5)
    expect(alone.came.map(({ Status, CommandUUID }) => [Status, CommandUUID])).toEqual([
      ['Idle', undefined],
      ...Array(4).fill(['Acknowledged', 'A']),
    ])
    const waited = alone.stage.log.filter(({ msg }) => msg === 'tried in vain').map(({ pause }) => pause)
    expect(waited).toEqual([500, 1_000, 2_000])
  })

  it.each([
    ['401', (reply: FastifyReply) => reply.code(401).send('who are you?')],
    ['Apple’s 403', (reply: FastifyReply) => reply.code(403).send({ code: 'com.apple.unrecognized.device' })],
  ])('leaves the management for %s, and does not come again', async (_what, refuse) => {
    await using alone = await setAlone((_message, _request, reply) => refuse(reply))
    alone.call()
    await expect.poll(() => alone.device.enrolled).toBe(false)
    alone.call()
    await alone.device.exclusively(async () => {})
    expect(alone.came).toHaveLength(1)
    expect(alone.stage.log.map(({ msg }) => msg)).toContain('the device has left the management')
  })

  it('stays for any other 403', async () => {
    let count = 0
    await using alone = await setAlone((_message, _request, reply) =>
      count++ === 0 ? reply.code(403).send('Forbidden by the proxy') : reply.send(),
    )
    alone.call()
    await expect.poll(() => alone.came.length, { timeout: 5_000 }).toBe(2)
    expect(alone.device.enrolled).toBe(true)
  })

  it.each([
    ['no property list', Buffer.from('<html>welcome to the hotel</html>')],
    ['no command', printPlist({})],
    ['a command without RequestType', printPlist({ CommandUUID: 'A', Command: {} })],
  ])('answers CommandFormatError to %s', async (_what, body) => {
    await using alone = await setAlone(({ Status }, _request, reply) =>
      reply.send(Status === 'Idle' ? body : undefined),
    )
    alone.call()
    await expect.poll(() => alone.came.map(({ Status }) => Status)).toEqual(['Idle', 'CommandFormatError'])
  })

  it('keeps its identity, management and report over a restart', async () => {
    await using stage = await setStage()
    const server = await stage.startServer()
    const first = stage.startDevice()
    await expect.poll(() => first.enrolled).toBe(true)
    await first.stop()
    const again = stage.startDevice()
    expect([again.udid, again.enrolled]).toEqual([first.udid, true])
    await server.stop()
  })

  it('tries again to be enrolled until the server is there', async () => {
    await using stage = await setStage()
    // Its place is known and nobody is there.
    await (await stage.startInstead((_request, reply) => reply.send())).stop()
    const device = stage.startDevice()
    await expect.poll(() => stage.log.filter(({ msg }) => msg === 'tried in vain').length).toBeGreaterThan(0)
    await stage.startServer()
    await expect.poll(() => device.enrolled, { timeout: 10_000 }).toBe(true)
  })
})

describe('a profile', () => {
  const profileOf = async (stage: MdmStage, bytes: (body: Buffer) => Promise<Buffer> | Buffer) => {
    const server = await stage.startServer()
    const { body } = await ask(as(stage), '/enrol', { headers: basic(as(stage)) })
    await server.stop()
    const changed = await bytes(body)
    await stage.startInstead((_request, reply) => reply.send(changed))
    const device = stage.startDevice()
    await expect.poll(() => stage.log.find(({ msg }) => msg === 'tried in vain')?.reason).toBeDefined()
    return { enrolled: device.enrolled, reason: stage.log.find(({ msg }) => msg === 'tried in vain')?.reason }
  }

  it.each<[string, (body: Buffer, stage: MdmStage) => Promise<Buffer> | Buffer, string]>([
    [
      'is changed',
      body => Buffer.from(body.toString('latin1').replace('8191', '8190'), 'latin1'),
      'its signature does not hold',
    ],
    ['is not signed', () => printPlist({ PayloadType: 'Configuration' }), 'its signature does not hold'],
    [
      'is signed by somebody else',
      (_body, { lab }) => sign(printPlist({}), lab.state.credentials.identity('kaspersky'), 'attached'),
      'was not issued by CN=ksc-lab authority',
    ],
    [
      'has no MDM payload',
      (_body, { lab }) => sign(printPlist({}), lab.state.credentials.identity('ios-mdm'), 'attached'),
      'it has no payload com.apple.mdm',
    ],
  ])('that %s is not installed', async (_what, change, reason) => {
    await using stage = await setStage()
    const outcome = await profileOf(stage, body => change(body, stage))
    expect(outcome).toEqual({ enrolled: false, reason: expect.stringContaining(reason) })
    expect(outcome.reason).toMatch(/^the enrolment profile is not installed: /)
  })
})

it('a phone of the test and the device of the lab are managed side by side', async () => {
  await using pair = await setPair()
  const lab = as(pair.stage)
  const { identity } = await readProfile((await ask(lab, '/enrol', { headers: basic(lab) })).body)
  const phone = new Phone(lab, identity)
  expect([(await phone.authenticate()).status, (await phone.tokenUpdate()).status]).toEqual([200, 200])
  expect((await administer(lab, 'GET', '/api/devices')).json()).toHaveLength(2)
})
