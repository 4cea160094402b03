import { expect, test } from 'vitest'
import { ADMINISTRATOR, basic, openApi } from './kit.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')
const user = base64(ADMINISTRATOR.user)
const pass = base64(ADMINISTRATOR.password)

test.each([
  ['as documented', `KSCBasic user="${user}", pass="${pass}", domain="${base64('dom')}", internal="1"`],
  ['without domain and internal', `KSCBasic user="${user}", pass="${pass}"`],
  ['with an empty domain', `KSCBasic user="${user}", pass="${pass}", domain="", internal="0"`],
  ['with a domain that is no base64', `KSCBasic user="${user}", pass="${pass}", domain="my.domain", internal="1"`],
  ['unquoted internal', `KSCBasic user="${user}", pass="${pass}", internal=true`],
  ['blanks around =', `KSCBasic user = "${user}", pass = "${pass}", internal = "1"`],
  ['without quotes or blanks', `KSCBasic user=${user},pass=${pass}`],
  ['in another order and case', `kscbasic  Pass="${pass}",User="${user}"`],
])('credentials %s start a session and log in', async (_, authorization) => {
  await using api = await openApi()
  const started = await api.post('/api/v1.0/Session.StartSession', undefined, { authorization })
  expect(started).toMatchObject({ status: 200, json: { PxgRetVal: expect.stringMatching(/^n[A-Za-z0-9+/]{22}==$/) } })
  expect(await api.post('/api/v1.0/login', {}, { authorization })).toMatchObject({ status: 200, json: {} })
})

test.each([
  ['a wrong password', basic({ ...ADMINISTRATOR, password: 'wrong' })],
  ['an empty password', basic({ ...ADMINISTRATOR, password: '' })],
  ['the beginning of the password', basic({ ...ADMINISTRATOR, password: ADMINISTRATOR.password.slice(0, -1) })],
  ['a wrong name', basic({ ...ADMINISTRATOR, user: 'somebody' })],
  ['no password', `KSCBasic user="${user}"`],
  ['nothing behind the scheme', 'KSCBasic'],
  ['another scheme', 'NTLM TlRMTVNTUAABAAAA'],
  ['a bearer token', 'Bearer abc'],
  ['an empty header', ''],
])('%s is refused with 401', async (_, authorization) => {
  await using api = await openApi()
  for (const method of ['login', 'Session.StartSession', 'Session.Ping'])
    expect(await api.post(`/api/v1.0/${method}`, {}, { authorization }), method).toMatchObject({
      status: 401,
      text: 'Authentication failure',
      headers: { 'content-type': expect.stringContaining('text/plain') },
    })
})

test('without any authentication every method answers 401', async () => {
  await using api = await openApi()
  for (const method of ['login', 'Session.StartSession', 'Session.EndSession', 'HostGroup.FindHosts'])
    expect(await api.post(`/api/v1.0/${method}`, {}), method).toMatchObject({ status: 401 })
})

test('a session is good until it is ended, then 403; others go on', async () => {
  await using api = await openApi()
  const [mine, other] = [await api.session(), await api.session()]
  expect(mine).not.toBe(other)
  const ping = (session: string) => api.post('/api/v1.0/Session.Ping', {}, { 'x-ksc-session': session })
  expect(await ping(mine)).toMatchObject({ status: 200, text: '{}' })
  const ended = await api.post('/api/v1.0/Session.EndSession', undefined, { 'x-ksc-session': mine })
  expect(ended).toMatchObject({ status: 200, text: '{}' })
  for (const method of ['Session.Ping', 'Session.EndSession', 'HostGroup.FindHosts'])
    expect((await api.post(`/api/v1.0/${method}`, {}, { 'x-ksc-session': mine })).status, method).toBe(403)
  expect((await ping(other)).status).toBe(200)
})

test('an unknown session is 403 even with good credentials, which can start a new one', async () => {
  await using api = await openApi()
  const headers = { 'x-ksc-session': 'nAAAAAAAAAAAAAAAAAAAAAA==', authorization: basic() }
  expect((await api.post('/api/v1.0/Session.Ping', {}, headers)).status).toBe(403)
  expect((await api.post('/api/v1.0/Session.StartSession', {}, headers)).status).toBe(200)
})

test('a session ends 30 minutes after its last use', async () => {
  await using api = await openApi()
  const session = await api.session()
  const after = async (minutes: number) => {
    api.clock.now += minutes * 60_000
    return (await api.post('/api/v1.0/Session.Ping', {}, { 'x-ksc-session': session })).status
  }
  expect([await after(29), await after(29), await after(30), await after(0)]).toEqual([200, 200, 403, 403])
})

test('the main Server is the only one there is', async () => {
  await using api = await openApi()
  const login = (name: string) => api.post('/api/v1.0/login', {}, { authorization: basic(), 'x-ksc-vserver': name })
  expect([(await login('')).status, (await login('x')).status, (await login(base64('Branch'))).status]).toEqual([
    200, 200, 403,
  ])
})
