import { expect, test } from 'vitest'
import { methods } from '../../services/klserver/openapi/methods/index.ts'
import { ADMINISTRATOR, basic, openApi } from './kit.ts'

type Api = Awaited<ReturnType<typeof openApi>>
const wrong = basic({ ...ADMINISTRATOR, password: 'wrong' })
const logIn = async (api: Api, authorization: string) =>
  (await api.post('/api/v1.0/login', {}, { authorization })).status

test('after three wrong passwords the right one is refused for an hour', async () => {
  await using api = await openApi({ attempts: 3 })
  const before = await api.session()
  for (let n = 0; n < 3; n += 1) expect(await logIn(api, wrong)).toBe(401)
  api.clock.now += 1_000
  expect(await api.post('/api/v1.0/login', {}, { authorization: basic() })).toMatchObject({
    status: 401,
    text: 'Authentication failure',
  })
  expect((await api.audit())[0]).toBe(
    '"KLAdmin" was refused from 127.0.0.1: the account is blocked after too many wrong passwords, for an hour',
  )
  // What was started before goes on.
  expect((await api.post('/api/v1.0/Session.Ping', {}, { 'x-ksc-session': before })).status).toBe(200)
  api.clock.now += 3_598_999
  expect(await logIn(api, basic())).toBe(401)
  api.clock.now += 1
  expect(await logIn(api, basic())).toBe(200)
})

test('wrong passwords that come together are counted one by one', async () => {
  await using api = await openApi({ attempts: 2 })
  await Promise.all(Array.from({ length: 4 }, () => logIn(api, wrong)))
  const reasons = (await api.audit()).map(text => text.split(': ')[1])
  expect(reasons.filter(reason => reason === 'wrong name or password')).toHaveLength(2)
  expect(await logIn(api, basic())).toBe(401)
})

test('a right password begins the count anew, and other names count for nothing', async () => {
  await using api = await openApi({ attempts: 2 })
  for (let n = 0; n < 3; n += 1) {
    expect(await logIn(api, wrong)).toBe(401)
    expect(await logIn(api, basic({ ...ADMINISTRATOR, user: 'somebody' }))).toBe(401)
    expect(await logIn(api, basic())).toBe(200)
  }
})

test('where it is switched off nothing is blocked', async () => {
  await using api = await openApi({ attempts: 0 })
  for (let n = 0; n < 12; n += 1) await logIn(api, wrong)
  expect(await logIn(api, basic())).toBe(200)
})

test('logins and refusals are events that SrvView reads', async () => {
  await using api = await openApi()
  await logIn(api, wrong)
  api.clock.now += 1_000
  await api.session()
  const { wstrIteratorId } = (
    await api.call('SrvView.ResetIterator', {
      wstrViewName: 'EventsSrvViewName',
      vecFieldsToReturn: [
        'event_type',
        'event_type_display_name',
        'GNRL_EA_SEVERITY',
        'GNRL_EA_DESCRIPTION',
        'hostname',
      ],
    })
  ).json
  const { pRecords } = (await api.call('SrvView.GetRecordRange', { wstrIteratorId, nStart: 0, nEnd: 10 })).json
  const event = (text: string) => ({
    type: 'params',
    value: {
      event_type: 'KLAUD_EV_SERVERCONNECT',
      event_type_display_name: 'Audit: Connection to the Administration Server',
      GNRL_EA_SEVERITY: 1,
      GNRL_EA_DESCRIPTION: text,
    },
  })
  expect(pRecords.KLCSP_ITERATOR_ARRAY).toEqual([
    event('"KLAdmin" logged in from 127.0.0.1'),
    event('"KLAdmin" was refused from 127.0.0.1: wrong name or password'),
  ])
})

test('who is not on the list of addresses is not let in, whatever he brings, and is told of once a minute', async () => {
  await using api = await openApi({ from: ['127.0.0.1', '192.0.2.0/24'] })
  const session = await api.session()
  api.client.address = '192.0.2.9'
  expect(await logIn(api, basic())).toBe(200)
  api.client.address = '203.0.113.7'
  const refused = {
    status: 401,
    text: 'Authentication failure',
    headers: {
      'x-ksc-errormsg': expect.stringMatching(/^Administration Server authentication error: 203\.0\.113\.7 /),
    },
  }
  expect(await api.post('/api/v1.0/login', {}, { authorization: basic() })).toMatchObject(refused)
  expect(await api.post('/api/v1.0/Session.StartSession', {}, { authorization: basic() })).toMatchObject(refused)
  expect(await api.call('HostGroup.FindHosts')).toMatchObject(refused)
  expect(await api.post('/api/v1.0/Session.Ping', {}, { 'x-ksc-session': session })).toMatchObject(refused)
  const told = async () => (await api.audit()).filter(text => text.includes('203.0.113.7'))
  expect(await told()).toEqual([
    'a connection from 203.0.113.7 was refused: it is not on the list of allowed addresses',
  ])
  api.clock.now += 60_000
  await logIn(api, basic())
  expect(await told()).toHaveLength(2)
})

test('who is not let in gets 401, whatever he calls', async () => {
  await using api = await openApi()
  const answer = await api.post('/api/v1.0/Tasks.NoSuchMethod', {})
  expect([answer.status, answer.text]).toEqual([401, 'Authentication failure'])
})

test('no password, session, token or key is in the log or in an event', async () => {
  await using api = await openApi({ attempts: 1 })
  const { hostId } = await api.device(1)
  const session = await api.session()
  const token = (await api.call('Session.CreateToken')).json.PxgRetVal as string
  const place = (await api.call('CgwHelper.GetNagentLocation', { wsHostName: hostId })).json.PxgRetVal
  const key = (await api.call('GatewayConnection.PrepareGatewayConnection', { pLocations: [place] })).json.wstrAuthKey
  const secret = Buffer.from(ADMINISTRATOR.password).toString('base64')
  const ask = (headers: Record<string, string>) => api.post('/api/v1.0/No.Such', {}, headers)
  for (const authorization of [
    `KSCT ${token}`,
    `KSCT ${token}`,
    `KSCGW ${key}`,
    `KSCGW ${key}`,
    secret,
    `Bearer ${secret}`,
  ])
    await ask({ authorization })
  await ask({ 'x-ksc-session': session })
  await api.post('/api/v1.0/Session.EndSession', {}, { 'x-ksc-session': session })
  await ask({ 'x-ksc-session': session })
  await logIn(api, `KSCBasic pass="${secret}"`)
  await logIn(api, basic({ ...ADMINISTRATOR, password: `${ADMINISTRATOR.password}2` }))
  await logIn(api, basic())

  const written = JSON.stringify([api.logged, await api.store.events()])
  expect(api.logged.length).toBeGreaterThan(5)
  for (const hidden of [
    ADMINISTRATOR.password,
    JSON.stringify(ADMINISTRATOR.password).slice(1, -1),
    secret,
    session,
    token,
    key,
  ])
    expect(written).not.toContain(hidden)
})

test('changes are events that say who made them, and calls that fail are none', async () => {
  await using api = await openApi()
  const { hostId } = await api.device(1)
  await api.call('HostGroup.UpdateHost', { strHostName: hostId, pInfo: { KLHST_WKS_DN: 'renamed' } })
  await api.call('HostGroup.UpdateHost', { strHostName: 'nobody', pInfo: { KLHST_WKS_DN: 'renamed' } })
  await api.call('HostGroup.FindHosts')
  expect((await api.store.events()).map(({ kind, text }) => [kind, text])).toEqual([
    ['KLAUD_EV_OBJECTMODIFY', `"KLAdmin" called HostGroup.UpdateHost (strHostName "${hostId}") from 127.0.0.1`],
  ])
})

test('whatever adds, changes, moves, removes or runs something has an event', () => {
  const changing = [...methods.values()].filter(({ name }) =>
    /\.(Add(?!.*ForSync)|Update|Move|Remove|Delete|Make|Copy|Run|Cancel|Suspend|Resume|Set)/.test(name),
  )
  expect(changing.length).toBeGreaterThan(8)
  expect(changing.filter(({ audit }) => audit === undefined).map(({ name }) => name)).toEqual([])
})

test('events of logins are read by EventProcessing, too', async () => {
  await using api = await openApi()
  await logIn(api, basic())
  const { strIteratorId } = (
    await api.call('EventProcessingFactory.CreateEventProcessing', {
      pFilter: { event_type: 'KLAUD_EV_SERVERCONNECT' },
      vecFieldsToReturn: ['event_type', 'GNRL_EA_DESCRIPTION', 'hostname'],
      vecFieldsToOrder: [],
      lifetimeSec: 60,
    })
  ).json
  const range = { strIteratorId, nStart: 0, nEnd: 10 }
  const { pParamsEvents } = (await api.call('EventProcessing.GetRecordRange', range)).json
  expect(pParamsEvents.KLEVP_EVENT_RANGE_ARRAY.map(({ value }: { value: object }) => value)).toEqual([
    { event_type: 'KLAUD_EV_SERVERCONNECT', GNRL_EA_DESCRIPTION: '"KLAdmin" logged in from 127.0.0.1' },
  ])
})
