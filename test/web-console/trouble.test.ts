import { expect, test } from 'vitest'
import { describePem } from '../../shared/tls/seen.ts'
import { cookieOf, credentials, identities, startTestLab } from './lab.ts'

const account = credentials.administrator
const fingerprint = (use: string) => describePem(identities[use]?.cert ?? '').fingerprint

test('a login while 13299 is down names the arrow, the place and the error', async () => {
  await using lab = await startTestLab({ present: null })
  const answer = await lab.post('/login', account)
  expect(answer.status).toBe(502)
  for (const words of ['<dd>9, Web Console', 'klserver, 13299/tcp', 'ECONNREFUSED', '--flow 9'])
    expect(answer.text).toContain(words)
  expect(answer.text).not.toMatch(/\bat .*\.ts:|node:/)
  expect(answer.text).not.toContain(account.password)
})

test('a certificate that is not the one held is refused, in the words of the agent', async () => {
  await using lab = await startTestLab({ present: 'stranger' })
  const answer = await lab.post('/login', account)
  expect(answer.status).toBe(502)
  expect(answer.text).toContain('Administration Server authentication error')
  for (const use of ['stranger', 'common', 'common-reserve']) expect(answer.text).toContain(fingerprint(use))
  expect(lab.server.calls).toEqual([])
})

test('the reserve certificate is as good as the current one', async () => {
  await using lab = await startTestLab({ present: 'common-reserve' })
  expect((await lab.post('/login', account)).status).toBe(303)
})

test('what answers in place of the OpenAPI is named', async () => {
  await using lab = await startTestLab({
    instead: app =>
      void app.all('*', async (_request, reply) => reply.code(502).header('server', 'nginx').send('Bad Gateway')),
  })
  const answer = await lab.post('/login', account)
  expect(answer.status).toBe(502)
  expect(answer.text).toContain('Session.StartSession: HTTP 502, answered by &quot;nginx&quot;')
})

test('the list says so while the Server is away, and is back with it, without a new login', async () => {
  await using lab = await startTestLab()
  const cookie = await cookieOf(lab)
  const look = () => lab.request({ path: '/', headers: { cookie } })
  expect((await look()).status).toBe(200)
  await lab.stopServer()
  const away = await look()
  expect(away.status).toBe(502)
  expect(away.text).toContain('Log out')
  await lab.startServer('common')
  expect((await look()).status).toBe(200)
})

test('/health follows the Administration Server and needs no login', async () => {
  await using lab = await startTestLab()
  const health = async () => {
    const { status, text } = await lab.request({ path: '/health' })
    return { status, ...JSON.parse(text) }
  }
  expect(await health()).toEqual({ status: 'ok', administrationServer: 'reachable' })
  await lab.stopServer()
  const away = await health()
  expect(away.status).toBe('degraded')
  expect(away.administrationServer).toMatch(/^unreachable: .*ECONNREFUSED/)
  expect((await lab.request({ path: '/health' })).status).toBe(503)
  await lab.startServer('stranger')
  expect((await health()).administrationServer).toContain('Administration Server authentication error')
})

test('a Server that falls silent does not hold up the stop', async () => {
  let login = true
  await using lab = await startTestLab({
    instead: app =>
      void app.all('*', () => {
        if (!login) return new Promise(() => {})
        login = false
        return { PxgRetVal: 'n1' }
      }),
  })
  const cookie = await cookieOf(lab)
  const looking = lab.request({ path: '/', headers: { cookie } }).catch(() => null)
  const startedAt = performance.now()
  await lab.service.stop()
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  await looking
})

test('what nobody asked for gets a page with a sentence', async () => {
  await using lab = await startTestLab()
  const nowhere = await lab.request({ path: '/<b>?x' })
  expect(nowhere.status).toBe(404)
  expect(nowhere.text).not.toContain('<b>')
  const large = await lab.post('/login', { user: 'x'.repeat(10_000) })
  expect(large.status).toBe(413)
  const other = await lab.request({
    method: 'POST',
    path: '/login',
    headers: { 'content-type': 'text/xml' },
    body: '<x/>',
  })
  expect(other.status).toBe(415)
  for (const { text } of [large, other]) expect(text).toContain('This did not work')
})
