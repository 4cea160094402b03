import { expect, test } from 'vitest'
import { cookieOf, credentials, startTestLab } from './lab.ts'

const { user, password } = credentials.administrator

test('without a session the way leads to the login form', async () => {
  await using lab = await startTestLab()
  const first = await lab.request({ path: '/' })
  expect(first.status).toBe(303)
  expect(first.headers.location).toBe('/login')
  const form = await lab.request({ path: '/login' })
  expect(form.status).toBe(200)
  expect(form.headers['content-type']).toMatch(/^text\/html/)
  expect(form.text).toContain('<form')
  expect(lab.server.calls).toEqual([])
})

test('a login is one at the Administration Server, and its session id never leaves the console', async () => {
  await using lab = await startTestLab()
  const answer = await lab.post('/login', { user, password })
  expect(answer.status).toBe(303)
  expect(answer.headers.location).toBe('/')
  const cookie = String(answer.headers['set-cookie'])
  for (const flag of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) expect(cookie.split('; ')).toContain(flag)
  expect(lab.server.sessions.size).toBe(1)
  for (const id of lab.server.sessions) expect(cookie).not.toContain(id)
})

test('a wrong password gives the form again, with the name, without the password', async () => {
  await using lab = await startTestLab()
  const answer = await lab.post('/login', { user: '"><script>', password: 'Secret-17' })
  expect(answer.status).toBe(401)
  expect(answer.text).toContain('The Administration Server does not accept this name and password.')
  expect(answer.text).toContain('value="&quot;&gt;&lt;script&gt;"')
  expect(answer.text).not.toContain('Secret-17')
  expect(answer.headers['set-cookie']).toBeUndefined()
})

test('an empty field is asked for without a call', async () => {
  await using lab = await startTestLab()
  const answer = await lab.post('/login', { user, password: '' })
  expect(answer.status).toBe(400)
  expect(answer.text).toContain('Both the name and the password are needed.')
  expect(lab.server.calls).toEqual([])
})

test('logging out ends the session at the Administration Server too', async () => {
  await using lab = await startTestLab()
  const cookie = await cookieOf(lab)
  const answer = await lab.post('/logout', {}, cookie)
  expect(answer.status).toBe(303)
  expect(String(answer.headers['set-cookie'])).toContain('Max-Age=0')
  expect(lab.server.sessions.size).toBe(0)
  expect((await lab.request({ path: '/api/devices', headers: { cookie } })).status).toBe(401)
})

test('a second login in one browser ends the first', async () => {
  await using lab = await startTestLab()
  const first = await cookieOf(lab)
  await lab.post('/login', { user, password }, first)
  expect((await lab.request({ path: '/', headers: { cookie: first } })).headers.location).toBe('/login')
})

test('a session that the Administration Server ended leads to the login form, which says so', async () => {
  await using lab = await startTestLab()
  const cookie = await cookieOf(lab)
  lab.server.sessions.clear()
  const answer = await lab.request({ path: '/', headers: { cookie } })
  expect(answer.headers.location).toBe('/login?ended')
  expect((await lab.request({ path: '/login?ended' })).text).toContain('Your session has ended.')
})

test('stopping logs everybody out', async () => {
  await using lab = await startTestLab()
  await cookieOf(lab)
  await cookieOf(lab)
  expect(lab.server.sessions.size).toBe(2)
  await Promise.all([lab.service.stop(), lab.service.stop()])
  expect(lab.server.sessions.size).toBe(0)
})

test('what the Server says of a refusal is shown, where it says why', async () => {
  const why = 'Administration Server authentication error: 192.0.2.20 is not on the list of allowed addresses'
  await using lab = await startTestLab({
    instead: app => void app.all('*', (_request, reply) => reply.code(401).header('x-ksc-errormsg', why).send('')),
  })
  const answer = await lab.post('/login', { user, password })
  expect([answer.status, answer.text.includes(why)]).toEqual([401, true])
})
