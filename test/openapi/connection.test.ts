import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { Client } from 'undici'
import { expect, test } from 'vitest'
import { AUDITOR, basic, openApi } from './kit.ts'

/** The OpenAPI behind a real port: accepted connections are fed to it, as the Administration Server does. */
async function served(given: Parameters<typeof openApi>[0] = {}) {
  const api = await openApi(given)
  await api.app.ready()
  const server = createServer(socket => void api.app.server.emit('connection', socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const clients: Client[] = []
  return {
    ...api,
    port,
    /** One keep-alive connection; another is made where the last one was closed. */
    connect() {
      const client = new Client(`http://127.0.0.1:${port}`, { pipelining: 1, keepAliveTimeout: 60_000 })
      clients.push(client)
      return async (method: string, headers: Record<string, string> = {}) => {
        const answer = await client.request({ method: 'POST', path: `/api/v1.0/${method}`, headers })
        return { status: answer.statusCode, text: await answer.body.text(), headers: answer.headers }
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map(client => client.close()))
      await new Promise(resolve => server.close(resolve))
      await api[Symbol.asyncDispose]()
    },
  }
}

test('a login opens its own connection and no other', async () => {
  await using api = await served()
  const [mine, other] = [api.connect(), api.connect()]
  expect((await mine('Session.Ping')).status).toBe(401)
  expect(await mine('login', { authorization: basic() })).toMatchObject({ status: 200, text: '{}' })
  expect((await mine('Session.Ping')).status).toBe(200)
  expect((await mine('HostGroup.FindHosts')).status).toBe(200)
  expect((await other('Session.Ping')).status).toBe(401)
})

test('a login dies with its connection', async () => {
  await using api = await served()
  const call = api.connect()
  await call('login', { authorization: basic() })
  expect((await call('Session.Ping', { connection: 'close' })).status).toBe(200)
  // The same client, on its next connection.
  expect((await call('Session.Ping')).status).toBe(401)
})

test('a failed login ends an earlier one, and so does EndSession', async () => {
  await using api = await served()
  const call = api.connect()
  await call('login', { authorization: basic() })
  await call('login', { authorization: basic({ user: 'KLAdmin', password: 'wrong' }) })
  expect((await call('Session.Ping')).status).toBe(401)
  await call('login', { authorization: basic() })
  expect((await call('Session.EndSession')).status).toBe(200)
  expect((await call('Session.Ping')).status).toBe(401)
})

test('credentials with a call do not log the connection in', async () => {
  await using api = await served()
  const call = api.connect()
  expect((await call('Session.Ping', { authorization: basic() })).status).toBe(200)
  expect((await call('Session.Ping')).status).toBe(401)
})

test('a session is good on every connection', async () => {
  await using api = await served()
  const [mine, other] = [api.connect(), api.connect()]
  const session = JSON.parse((await mine('Session.StartSession', { authorization: basic() })).text).PxgRetVal
  expect((await other('Session.Ping', { 'x-ksc-session': session })).status).toBe(200)
  expect((await mine('Session.Ping')).status).toBe(401)
})

test('a connection is promised to stay for minutes', async () => {
  await using api = await served()
  const { headers } = await api.connect()('Session.Ping', { authorization: basic() })
  const [, seconds] = /timeout=(\d+)/.exec(String(headers['keep-alive'])) ?? []
  expect(Number(seconds)).toBeGreaterThanOrEqual(120)
})

test('headers over 16 KiB are refused, and no other connection is harmed', async () => {
  await using api = await served()
  const [mine, other] = [api.connect(), api.connect()]
  expect((await mine('Session.Ping', { authorization: basic(), 'x-long': 'x'.repeat(15_000) })).status).toBe(200)
  expect((await mine('Session.Ping', { authorization: basic(), 'x-long': 'x'.repeat(17_000) })).status).toBe(431)
  expect((await other('Session.Ping', { authorization: basic() })).status).toBe(200)
})

test('headers that do not end are given up, and a call beside them is answered', async () => {
  await using api = await served({ headersTimeout: 200 })
  const slow = connect(api.port, '127.0.0.1')
  slow.write('POST /api/v1.0/Session.Ping HTTP/1.1\r\nHost: klserver\r\nX-')
  const answer = text(slow)
  expect((await api.connect()('Session.Ping', { authorization: basic() })).status).toBe(200)
  expect(await answer).toMatch(/^HTTP\/1\.1 408 /)
})

test('a login on a connection has its second step on the same one', async () => {
  await using api = await served()
  const [mine, other] = [api.connect(), api.connect()]
  const begun = await mine('login', { authorization: basic(AUDITOR) })
  expect(begun).toMatchObject({ status: 401, headers: { 'www-authenticate': 'KSCMFA type="totpreg"' } })
  expect(begun.headers['x-ksc-session']).toBeUndefined()
  expect((await mine('Session.Ping')).status).toBe(401)
  const { pSecret } = JSON.parse((await mine('TotpRegistration.GenerateSecret')).text)
  const step = api.accounts.secondStep(AUDITOR.user)
  expect(pSecret.KLTOTP_SECRET_KEY).toMatch(/^[A-Z2-7]{32}$/)
  expect(step?.registered).toBe(false)
  expect((await other('TotpRegistration.GenerateSecret')).status).toBe(401)
})
