import { expect, test } from 'vitest'
import { ADMINISTRATOR, openApi } from './kit.ts'

type Api = Awaited<ReturnType<typeof openApi>>
const token = async (api: Api): Promise<string> => (await api.call('Session.CreateToken')).json.PxgRetVal
const start = (api: Api, authorization: string) => api.post('/api/v1.0/Session.StartSession', {}, { authorization })
const logIn = (api: Api, authorization: string) => api.post('/api/v1.0/login', {}, { authorization })

test('a token of CreateToken is good once, as KSCT', async () => {
  await using api = await openApi()
  const one = await token(api)
  const started = await start(api, `KSCT ${one}`)
  expect(started).toMatchObject({ status: 200, json: { PxgRetVal: expect.stringMatching(/^n/) } })
  const session = { 'x-ksc-session': started.json.PxgRetVal }
  expect((await api.post('/api/v1.0/HostGroup.GetStaticInfo', {}, session)).status).toBe(200)
  expect([(await start(api, `KSCT ${one}`)).status, (await logIn(api, `KSCT ${one}`)).status]).toEqual([401, 401])
  expect((await logIn(api, `ksct "${await token(api)}"`)).status).toBe(200)
})

test('as KSCWT it is good as often as one likes, until its time is over', async () => {
  await using api = await openApi()
  const one = await token(api)
  const after = async (seconds: number) => {
    api.clock.now += seconds * 1_000
    return (await start(api, `KSCWT ${one}`)).status
  }
  expect([await after(0), await after(100), await after(79), await after(1)]).toEqual([200, 200, 200, 401])
})

test('a one-time token is good for three minutes', async () => {
  await using api = await openApi()
  const [early, late] = [await token(api), await token(api)]
  api.clock.now += 179_000
  expect((await start(api, `KSCT ${early}`)).status).toBe(200)
  api.clock.now += 1_000
  expect((await start(api, `KSCT ${late}`)).status).toBe(401)
})

test.each(['KSCT', 'KSCT ', 'KSCT AAAA', 'KSCWT AAAA', 'KSCGW AAAA'])('%s is refused', async authorization => {
  await using api = await openApi()
  expect(await start(api, authorization)).toMatchObject({ status: 401, text: 'Authentication failure' })
})

test('one token is no key of a gateway, and none is made without a login', async () => {
  await using api = await openApi()
  expect((await start(api, `KSCGW ${await token(api)}`)).status).toBe(401)
  expect((await api.post('/api/v1.0/Session.CreateToken', {})).status).toBe(401)
})

test('a token stands for who asked for it', async () => {
  await using api = await openApi()
  await start(api, `KSCT ${await token(api)}`)
  expect((await api.audit())[0]).toBe(`"${ADMINISTRATOR.user}" logged in from 127.0.0.1`)
})

test('a gateway connection leads to the Network Agent of a host, and to nothing else', async () => {
  await using api = await openApi()
  const { hostId } = await api.device(1)
  const location = (await api.call('CgwHelper.GetNagentLocation', { wsHostName: hostId })).json.PxgRetVal
  const pLocations = [{ type: 'params', value: location }]
  const key = async () =>
    (await api.call('GatewayConnection.PrepareGatewayConnection', { pLocations })).json.wstrAuthKey
  const one = await key()
  const session = { 'x-ksc-session': (await start(api, `KSCGW ${one}`)).json.PxgRetVal }
  const call = (method: string, args = {}) => api.post(`/api/v1.0/${method}`, args, session)

  const pFilter = { KLHST_APP_INFO: true }
  expect((await call('NagHstCtl.GetHostRuntimeInfo', { pFilter })).json).toEqual({
    PxgRetVal: { KLHST_APP_INFO: { type: 'params', value: expect.any(Object) } },
  })
  const all = (await call('NagHstCtl.GetHostRuntimeInfo')).json.PxgRetVal
  expect(Object.keys(all)).toEqual(['klhst-rt-TskInfo', 'klhst-rt-InstInfo', 'KLHST_APP_INFO'])
  expect(await call('HostGroup.FindHosts')).toMatchObject({
    status: 404,
    json: { PxgError: { message: expect.stringMatching(/leads to the Network Agent of /) } },
  })
  expect((await call('Session.Ping')).status).toBe(200)
  expect(await api.call('NagHstCtl.GetHostRuntimeInfo')).toMatchObject({
    status: 404,
    json: { PxgError: { message: expect.stringMatching(/KSCGW/) } },
  })

  expect((await start(api, `KSCGW ${one}`)).status).toBe(401)
  const late = await key()
  api.clock.now += 60_000
  expect((await start(api, `KSCGW ${late}`)).status).toBe(401)

  await api.store.turnedOff('11111111-2222-3333-4444-000000000001', api.clock.now)
  expect((await call('NagHstCtl.GetHostRuntimeInfo')).json.PxgError.message).toMatch(/is off/)
})

test('a place that nobody knows has no gateway connection', async () => {
  await using api = await openApi()
  expect((await api.call('CgwHelper.GetNagentLocation', { wsHostName: 'x' })).json.PxgError.code).toBe(1186)
  for (const pLocations of [undefined, [], [{}], [{ KSC_LAB_HOST_ID: 'x' }]])
    expect(
      (await api.call('GatewayConnection.PrepareGatewayConnection', { pLocations })).json,
      `${pLocations}`,
    ).toMatchObject({ PxgError: { message: expect.stringContaining('pLocations') } })
})
