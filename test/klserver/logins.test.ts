/** What is set for logins, seen at 13299, 13291 and 19170 of a Server on real ports. */
import { once } from 'node:events'
import { Agent, request } from 'undici'
import { afterAll, expect, test } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { dial, hello, startServer } from './kit.ts'

const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })
afterAll(() => dispatcher.close())

interface Login {
  user: string
  password: string
}
const base64 = (text: string) => Buffer.from(text).toString('base64')

async function openApi(lab: Lab, method: string, headers: Record<string, string>, args: object = {}) {
  const { address, port } = lab.endpoint('klserver', 13299)
  const answer = await request(`https://${address}:${port}/api/v1.0/${method}`, {
    ...{ dispatcher, method: 'POST', headers, body: JSON.stringify(args) },
  })
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() }
}
const startSession = (lab: Lab, { user, password }: Login) =>
  openApi(lab, 'Session.StartSession', { authorization: `KSCBasic user="${base64(user)}", pass="${base64(password)}"` })

async function console(lab: Lab, login: Login) {
  using stranger = await dial(lab, 13291)
  return await stranger.ask({ ...hello({ role: 'console', login }), agentId: undefined })
}

async function tunnel(lab: Lab, { user, password }: Login): Promise<string> {
  using stranger = await dial(lab, 19170)
  stranger.socket.removeAllListeners('data')
  stranger.socket.write(`CONNECT x:1 HTTP/1.1\r\nAuthorization: Basic ${base64(`${user}:${password}`)}\r\n\r\n`)
  const [answer] = (await once(stranger.socket, 'data')) as [Buffer]
  return answer.toString().split(' ')[1] ?? ''
}

/** What the Server has written of logins, the newest first. */
async function events(lab: Lab, login: Login): Promise<string[]> {
  const session = { 'x-ksc-session': JSON.parse((await startSession(lab, login)).text).PxgRetVal }
  const wanted = { wstrViewName: 'EventsSrvViewName', vecFieldsToReturn: ['event_type', 'GNRL_EA_DESCRIPTION'] }
  const { wstrIteratorId } = JSON.parse((await openApi(lab, 'SrvView.ResetIterator', session, wanted)).text)
  const range = { wstrIteratorId, nStart: 0, nEnd: 100 }
  const { pRecords } = JSON.parse((await openApi(lab, 'SrvView.GetRecordRange', session, range)).text)
  return pRecords.KLCSP_ITERATOR_ARRAY.map(({ value }: { value: Record<string, string> }) =>
    value.event_type === 'KLAUD_EV_SERVERCONNECT' ? value.GNRL_EA_DESCRIPTION : '',
  )
}

test('wrong passwords are counted over all ports, and block all of them', async () => {
  await using lab = await startServer({ loginAttempts: 3 })
  const right = lab.state.credentials.administrator
  const wrong = { ...right, password: 'wrong' }
  expect([(await startSession(lab, right)).status, (await console(lab, right)).type, await tunnel(lab, right)]).toEqual(
    [200, 'welcome', '404'],
  )
  expect([(await startSession(lab, wrong)).status, (await console(lab, wrong)).type, await tunnel(lab, wrong)]).toEqual(
    [401, 'error', '407'],
  )
  expect([(await startSession(lab, right)).status, (await console(lab, right)).type, await tunnel(lab, right)]).toEqual(
    [401, 'error', '407'],
  )
})

test('logins on 13291 are events, and so are those that it refuses', async () => {
  await using lab = await startServer()
  const right = lab.state.credentials.administrator
  await console(lab, { ...right, password: 'wrong' })
  await console(lab, right)
  const told = await events(lab, right)
  expect(told).toContain(`"${right.user}" logged in from 127.0.0.1`)
  expect(told).toContain(`"${right.user}" was refused from 127.0.0.1: wrong name or password`)
})

test('who is not on the list of addresses is refused at 13299 and 13291, with the documented words', async () => {
  await using lab = await startServer({ loginFrom: ['192.0.2.0/24'] })
  const right = lab.state.credentials.administrator
  const why =
    'Administration Server authentication error: 127.0.0.1 is not on the list of allowed addresses (KSC_LAB_LOGIN_FROM)'
  expect(await startSession(lab, right)).toMatchObject({ status: 401, headers: { 'x-ksc-errormsg': why } })
  expect(await console(lab, right)).toMatchObject({ type: 'error', code: 'login-refused', message: why })
})

test('the account with two steps is asked for the second at 13299, and not taken elsewhere', async () => {
  const auditor = { user: 'auditor', password: 'Second step' }
  await using lab = await startServer({ twoStepUser: auditor })
  expect(await startSession(lab, auditor)).toMatchObject({
    status: 401,
    headers: { 'www-authenticate': 'KSCMFA type="totpreg"' },
  })
  expect(await console(lab, auditor)).toMatchObject({ code: 'login-refused' })
  expect(await tunnel(lab, auditor)).toBe('407')
  expect((await startSession(lab, lab.state.credentials.administrator)).status).toBe(200)
})
