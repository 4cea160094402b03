import { expect, test } from 'vitest'
import { Sessions } from '../../services/web-console/sessions.ts'
import type { HttpClient } from '../../shared/http/client.ts'

const ACCOUNT = { user: 'KLAdmin', password: 'x' }
const MINUTE = 60_000

/** An OpenAPI that numbers its sessions and remembers which were ended. */
function open(limit?: number) {
  const ended: string[] = []
  let time = 0
  let count = 0
  const client: HttpClient = {
    connection: null,
    async request({ path, headers = {} }) {
      if (path.endsWith('EndSession')) ended.push(String(headers['x-ksc-session']))
      const body = Buffer.from(JSON.stringify({ PxgRetVal: `n${++count}` }))
      return { status: 200, headers: {}, body }
    },
    close: async () => {},
  }
  const sessions = new Sessions({ connect: () => client, now: () => time, ...(limit ? { limit } : {}) })
  return {
    sessions,
    ended,
    pass: (ms: number) => {
      time += ms
    },
    [Symbol.asyncDispose]: () => sessions.endAll(),
  }
}

test('a session that nobody uses for half an hour is ended, a used one is not', async () => {
  await using lab = open()
  const unused = await lab.sessions.login(ACCOUNT)
  const used = await lab.sessions.login(ACCOUNT)
  lab.pass(20 * MINUTE)
  expect(lab.sessions.find(used)).not.toBeNull()
  lab.pass(20 * MINUTE)
  expect(lab.sessions.find(unused)).toBeNull()
  expect(lab.sessions.find(used)).not.toBeNull()
  expect(lab.ended).toEqual(['n1'])
})

test('no session outlives twelve hours', async () => {
  await using lab = open()
  const id = await lab.sessions.login(ACCOUNT)
  for (let minutes = 0; minutes < 12 * 60; minutes += 20) {
    expect(lab.sessions.find(id)).not.toBeNull()
    lab.pass(20 * MINUTE)
  }
  lab.pass(1)
  expect(lab.sessions.find(id)).toBeNull()
})

test('beyond the limit the one unused for longest goes', async () => {
  await using lab = open(2)
  const first = await lab.sessions.login(ACCOUNT)
  lab.pass(1)
  const second = await lab.sessions.login(ACCOUNT)
  lab.pass(1)
  lab.sessions.find(first)
  lab.pass(1)
  const third = await lab.sessions.login(ACCOUNT)
  expect([first, second, third].map(id => lab.sessions.find(id) !== null)).toEqual([true, false, true])
})

test('a cookie that was never given finds nobody', async () => {
  await using lab = open()
  await lab.sessions.login(ACCOUNT)
  expect(lab.sessions.find('guess')).toBeNull()
  expect(lab.sessions.find(null)).toBeNull()
})
