import { expect, test } from 'vitest'
import { base32, stepAt, totp } from '../../services/klserver/security/totp.ts'
import { AUDITOR, basic, openApi } from './kit.ts'

type Api = Awaited<ReturnType<typeof openApi>>

/** An authenticator app. */
function app(key: string, clock: { now: number }) {
  const bits = [...key].map(letter => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
  const secret = Buffer.from((bits.join('').match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)))
  return (ms = 0) => totp(secret, stepAt(clock.now + ms))
}

const start = (api: Api, authorization: string, session?: string) =>
  api.post(
    '/api/v1.0/Session.StartSession',
    {},
    {
      authorization,
      ...(session === undefined ? {} : { 'x-ksc-session': session }),
    },
  )
const challenged = (type: string) => ({
  status: 401,
  text: 'Authentication not finished',
  headers: { 'www-authenticate': `KSCMFA type=${type}`, 'x-ksc-session': expect.stringMatching(/^n/) },
})
const idOf = ({ headers }: { headers: Record<string, unknown> }) => String(headers['x-ksc-session'])

/** @returns the app of the account, whose secret is saved. */
async function registered(api: Api) {
  const begun = await start(api, basic(AUDITOR))
  expect(begun).toMatchObject(challenged('"totpreg"'))
  const headers = { 'x-ksc-session': idOf(begun) }
  const { pSecret } = (await api.post('/api/v1.0/TotpRegistration.GenerateSecret', {}, headers)).json
  const code = app(pSecret.KLTOTP_SECRET_KEY, api.clock)
  const saved = await api.post(
    '/api/v1.0/TotpRegistration.SaveSecretForCurrentUser',
    { wstrSecretId: pSecret.KLTOTP_SECRET_ID, wstrValidationCode: code() },
    headers,
  )
  expect(saved).toMatchObject({ status: 200, text: '{}' })
  return { code, begun: idOf(begun) }
}

test('codes are those of RFC 6238 appendix B, secrets those of RFC 4648', () => {
  const secret = Buffer.from('12345678901234567890')
  expect([59, 1_111_111_109, 2_000_000_000].map(at => totp(secret, stepAt(at * 1_000)))).toEqual([
    '287082',
    '081804',
    '279037',
  ])
  expect(base32(Buffer.from('fooba'))).toBe('MZXW6YTB')
})

test('the first login registers a secret, and then goes on with a code', async () => {
  await using api = await openApi()
  const { code, begun } = await registered(api)
  const call = (session: string) => api.post('/api/v1.0/HostGroup.GetStaticInfo', {}, { 'x-ksc-session': session })
  expect(await call(begun)).toMatchObject(challenged('"totp", lengthHint="6"'))
  expect(await start(api, `KSCMFA totp="${code()}"`, begun)).toMatchObject({ status: 200, json: { PxgRetVal: begun } })
  expect((await call(begun)).status).toBe(200)
  expect((await api.audit())[0]).toBe('"auditor" logged in from 127.0.0.1')
})

test('a wrong code, and one that was used, are refused, and the next one is good', async () => {
  await using api = await openApi()
  const { code } = await registered(api)
  const session = idOf(await start(api, basic(AUDITOR)))
  for (const wrong of ['', '12345', '1234567', code(120_000), code(-120_000)])
    expect(await start(api, `KSCMFA totp="${wrong}"`, session), wrong).toMatchObject(
      challenged('"totp", lengthHint="6"'),
    )
  expect((await start(api, `KSCMFA totp="${code()}"`, session)).status).toBe(200)
  const other = idOf(await start(api, basic(AUDITOR)))
  expect((await start(api, `KSCMFA totp="${code()}"`, other)).status).toBe(401)
  expect((await start(api, `KSCMFA totp="${code(30_000)}"`, other)).status).toBe(200)
})

test('codes cannot be guessed without end, however often the password is given', async () => {
  await using api = await openApi({ attempts: 3 })
  const { code } = await registered(api)
  const session = idOf(await start(api, basic(AUDITOR)))
  for (let n = 0; n < 3; n += 1) {
    await start(api, `KSCMFA totp="${code(120_000)}"`, session)
    await start(api, basic(AUDITOR))
  }
  expect((await start(api, `KSCMFA totp="${code()}"`, session)).status).toBe(401)
  api.clock.now += 3_600_000
  const later = idOf(await start(api, basic(AUDITOR)))
  expect((await start(api, `KSCMFA totp="${code()}"`, later)).status).toBe(200)
})

test('who has the password alone can neither call, nor make a token, nor take a new secret', async () => {
  await using api = await openApi()
  await registered(api)
  const begun = { 'x-ksc-session': idOf(await start(api, basic(AUDITOR))) }
  for (const method of ['HostGroup.FindHosts', 'Session.CreateToken', 'Session.Ping', 'No.Such']) {
    expect((await api.post(`/api/v1.0/${method}`, {}, begun)).status, method).toBe(401)
    expect((await api.post(`/api/v1.0/${method}`, {}, { authorization: basic(AUDITOR) })).status, method).toBe(401)
  }
  for (const method of ['GenerateSecret', 'SaveSecretForCurrentUser']) {
    const args = { wstrSecretId: '', wstrValidationCode: '' }
    expect((await api.post(`/api/v1.0/TotpRegistration.${method}`, args, begun)).json.PxgError.code, method).toBe(1184)
  }
  expect((await api.post('/api/v1.0/Session.EndSession', {}, begun)).status).toBe(200)
  expect((await start(api, 'KSCMFA totp="123456"', begun['x-ksc-session'])).status).toBe(401)
})

test('the second step is no login by itself, and none for whom it is not wanted', async () => {
  await using api = await openApi()
  const session = await api.session()
  for (const given of [undefined, session, 'nAAAA'])
    expect(await start(api, 'KSCMFA totp="123456"', given)).toMatchObject({
      status: 401,
      text: 'Authentication failure',
    })
  expect((await api.post('/api/v1.0/Session.Ping', {}, { 'x-ksc-session': session })).status).toBe(200)
  expect((await api.call('TotpRegistration.GenerateSecret')).json.PxgError.message).toMatch(/one step/)
})
