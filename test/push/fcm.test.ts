/** FCM's HTTP v1 API and the token endpoint: every documented answer, from outside. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { GRANT, PROJECT, PROJECT_NUMBER, SCOPE, serviceAccount, TOKEN_URI } from '../../shared/push/google.ts'
import { signJwt } from '../../shared/push/jwt.ts'
import { ask } from '../klcsweb/kit.ts'
import { Device, GOOGLE, startServices } from './kit.ts'

let lab: Lab
let access: string
beforeAll(async () => {
  lab = await startServices()
  access = (await grant()).json.access_token
})
afterAll(() => lab.stop())

const place = (servername = GOOGLE) => ({
  ...lab.endpoint('google', 443),
  tls: { ca: lab.state.credentials.authority('internet-ca'), servername },
})
const answered = ({ status, body, headers }: { status: number; body: Buffer | string; headers: unknown }) => ({
  ...{ status, headers },
  json: JSON.parse(body.toString()),
})

async function grant(claims: object = {}, { key, form = {} }: { key?: string; form?: Record<string, string> } = {}) {
  const account = serviceAccount(lab.state.credentials.identity('google-account'))
  const iat = Math.floor(Date.now() / 1_000)
  const all = { iss: account.client_email, aud: TOKEN_URI, scope: SCOPE, iat, exp: iat + 3_600, ...claims }
  const assertion = signJwt('RS256', key ?? account.private_key, {}, all)
  const body = new URLSearchParams({ grant_type: GRANT, assertion, ...form }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return answered(await ask(place(), '/token', { method: 'POST', headers, body }))
}

interface Sending {
  project?: string
  authorization?: string
  body?: unknown
}
async function send(message: unknown, { project = PROJECT, authorization = `Bearer ${access}`, body }: Sending = {}) {
  const headers = { 'content-type': 'application/json', authorization }
  const path = `/v1/projects/${project}/messages:send`
  return answered(await ask(place(), path, { method: 'POST', headers, body: body ?? { message } }))
}

const phone = async (topic = PROJECT_NUMBER, name?: string) => {
  const device = new Device(lab, { host: 'google', port: 5228 }, name)
  return { device, token: await device.connect([topic]) }
}

describe('an access token', () => {
  it('is given for a signed assertion, for an hour', async () => {
    expect(await grant()).toMatchObject({
      status: 200,
      json: { access_token: expect.stringMatching(/^ya29\./), expires_in: 3_599, token_type: 'Bearer' },
    })
    expect((await grant({ scope: 'https://www.googleapis.com/auth/cloud-platform' })).status).toBe(200)
  })

  const now = () => Math.floor(Date.now() / 1_000)
  it.each([
    ['another account', { iss: 'nobody@example.com' }, 'invalid_grant', 'account not found'],
    ['another audience', { aud: 'https://example.com/token' }, 'invalid_grant', TOKEN_URI],
    ['an expired one', { iat: now() - 7_200, exp: now() - 3_600 }, 'invalid_grant', 'short-lived'],
    ['one of two hours', { exp: now() + 7_200 }, 'invalid_grant', 'short-lived'],
    ['one from the future', { iat: now() + 600, exp: now() + 1_200 }, 'invalid_grant', 'short-lived'],
    ['one without exp', { exp: undefined }, 'invalid_grant', 'exp are expected'],
    ['another scope', { scope: 'openid' }, 'invalid_scope', SCOPE],
  ])('is not given for %s', async (_what, claims, error, words) => {
    const { status, json } = await grant(claims)
    expect([status, json.error]).toEqual([400, error])
    expect(json.error_description).toContain(words)
  })

  it('is not given for another key, another grant, or no form', async () => {
    const { generateKeyPairSync } = await import('node:crypto')
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    expect(await grant({}, { key })).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
    expect(await grant({}, { form: { grant_type: 'password' } })).toMatchObject({
      status: 400,
      json: { error: 'unsupported_grant_type' },
    })
    const json = await ask(place(), '/token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: {},
    })
    expect(answered(json)).toMatchObject({ status: 400, json: { error: 'invalid_request' } })
  })
})

describe('a message', () => {
  it.each([PROJECT, PROJECT_NUMBER])('is taken for project %s, and the device has its data', async project => {
    const { device, token } = await phone()
    await using _ = device
    const { status, json } = await send({ token, data: { wake: 'now' }, android: { priority: 'high' } }, { project })
    expect([status, json.name]).toEqual([200, expect.stringMatching(`^projects/${project}/messages/0:`)])
    expect(await device.hears('push')).toMatchObject({ topic: PROJECT_NUMBER, payload: '{"wake":"now"}' })
  })

  it('waits for a device that is away: one for each collapse_key, and those without', async () => {
    const { device, token } = await phone()
    await device[Symbol.asyncDispose]()
    for (const [n, collapse_key] of [['1', 'a'], ['2', 'a'], ['3'], ['4']] as const)
      await send({ token, data: { n }, android: collapse_key ? { collapse_key } : {} })
    await send({ token, data: { n: 'never' }, android: { ttl: '0s' } })
    const { device: back } = await phone(PROJECT_NUMBER, device.name)
    await using _ = back
    await expect.poll(() => back.heard.map(({ payload }) => payload)).toEqual(['{"n":"2"}', '{"n":"3"}', '{"n":"4"}'])
  })

  it('is only looked at with validate_only', async () => {
    const { device, token } = await phone()
    await using _ = device
    const { status, json } = await send(null, { body: { validate_only: true, message: { token } } })
    expect([status, json.name]).toEqual([200, `projects/${PROJECT}/messages/fake_message_id`])
    device.say({ type: 'ping' })
    await device.hears('pong')
    expect(device.heard).toEqual([])
  })

  const fault = (code: number, status: string, errorCode?: string) => ({
    status: code,
    json: {
      error: {
        ...{ code, status },
        ...(errorCode
          ? { details: [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }] }
          : {}),
      },
    },
  })
  const TOKEN = `${'x'.repeat(22)}:APA91b${'x'.repeat(134)}`

  it.each([
    ['no target', {}, 'Exactly one of token, topic or condition'],
    ['two targets', { token: TOKEN, topic: 'news' }, 'Exactly one of token, topic or condition'],
    ['a topic', { topic: 'news' }, 'message.token is expected'],
    ['a token that is none', { token: 'x' }, 'not a valid FCM registration token'],
    ['data that is not text', { token: TOKEN, data: { n: 1 } }, 'body.message.data.n: must be a string'],
    ['a key of FCM’s own', { token: TOKEN, data: { 'google.x': '1' } }, 'Invalid data payload key: google.x'],
    ['more than 4096 bytes', { token: TOKEN, data: { x: 'x'.repeat(4_096) } }, 'too big'],
    ['a ttl of five weeks', { token: TOKEN, android: { ttl: '3024000s' } }, 'time to live'],
    ['a ttl that is none', { token: TOKEN, android: { ttl: 'long' } }, 'android.ttl'],
  ])('INVALID_ARGUMENT: %s', async (_what, message, words) => {
    const { status, json } = await send(message)
    expect({ status, json }).toMatchObject(fault(400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT'))
    expect(json.error.message).toContain(words)
  })

  it('INVALID_ARGUMENT: no JSON', async () => {
    expect(await send(null, { body: '{"half' })).toMatchObject(fault(400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT'))
  })

  it('UNREGISTERED: a token that nobody has, or has no more; the application has another when it is back', async () => {
    expect(await send({ token: TOKEN })).toMatchObject(fault(404, 'NOT_FOUND', 'UNREGISTERED'))
    const { device, token } = await phone()
    device.say({ type: 'unregister', topic: PROJECT_NUMBER })
    await device.closed()
    expect(await send({ token })).toMatchObject(fault(404, 'NOT_FOUND', 'UNREGISTERED'))
    const { device: back, token: other } = await phone(PROJECT_NUMBER, device.name)
    await using _ = back
    expect(other).not.toBe(token)
    expect((await send({ token: other })).status).toBe(200)
  })

  it('SENDER_ID_MISMATCH: a phone of another project', async () => {
    const { device, token } = await phone('999')
    await using _ = device
    expect(await send({ token })).toMatchObject(fault(403, 'PERMISSION_DENIED', 'SENDER_ID_MISMATCH'))
  })

  it('PERMISSION_DENIED: another project', async () => {
    expect(await send({ token: TOKEN }, { project: 'theirs' })).toMatchObject(fault(403, 'PERMISSION_DENIED'))
  })

  it.each(['', 'Bearer nothing', 'key=legacy'])('UNAUTHENTICATED: authorization %j', async authorization => {
    expect(await send({ token: TOKEN }, { authorization })).toMatchObject(fault(401, 'UNAUTHENTICATED'))
  })

  it('QUOTA_EXCEEDED: the 241st within a minute, with Retry-After', async () => {
    const { device, token } = await phone()
    await using _ = device
    for (let round = 0; round < 24; round++)
      await Promise.all(Array.from({ length: 10 }, async () => expect((await send({ token })).status).toBe(200)))
    const refused = await send({ token })
    expect(refused).toMatchObject(fault(429, 'RESOURCE_EXHAUSTED', 'QUOTA_EXCEEDED'))
    expect(Number((refused.headers as Record<string, string>)['retry-after'])).toBeGreaterThan(30)
  })

  it('NOT_FOUND: the legacy API, and whatever else', async () => {
    expect(answered(await ask(place(), '/fcm/send', { method: 'POST', body: {} }))).toMatchObject(
      fault(404, 'NOT_FOUND'),
    )
  })

  it('comes by Google’s own names too', async () => {
    for (const name of ['fcm.googleapis.com', 'oauth2.googleapis.com'])
      expect((await ask(place(name), '/', {})).status).toBe(404)
  })
})
