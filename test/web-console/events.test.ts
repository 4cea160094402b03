import { once } from 'node:events'
import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { cookieOf, device, SERVERNAME, startTestLab, type TestLab } from './lab.ts'

interface Message {
  devices?: { name: string }[]
  error?: string
}

/** A page's WebSocket, whose messages are read one after another. */
async function openPage(lab: TestLab, cookie?: string, path = '/events') {
  const connection = await lab.dial()
  const socket = new WebSocket(`wss://${SERVERNAME}${path}`, {
    createConnection: () => connection.stream as Socket,
    headers: cookie ? { cookie } : {},
  })
  const messages: Message[] = []
  const closed = new Promise<number>(resolve => socket.once('close', resolve))
  const opened = new Promise<void>(resolve => socket.once('open', () => resolve()))
  socket.on('error', () => {})
  socket.on('message', data => messages.push(JSON.parse(data.toString())))
  return {
    socket,
    opened,
    closed,
    async next(): Promise<Message> {
      if (messages.length === 0) await once(socket, 'message')
      return messages.shift() ?? {}
    },
    [Symbol.asyncDispose]: async () => {
      socket.terminate()
      await closed
    },
  }
}

const names = ({ devices }: Message) => devices?.map(({ name }) => name)

test('a logged-in page hears of the devices at once, and of every change', async () => {
  await using lab = await startTestLab()
  lab.server.devices = [device('agent-1')]
  await using page = await openPage(lab, await cookieOf(lab))
  expect(names(await page.next())).toEqual(['agent-1'])
  lab.server.devices = [device('agent-1'), device('agent-2')]
  expect(names(await page.next())).toEqual(['agent-1', 'agent-2'])
})

test('nothing is sent while nothing changes', async () => {
  await using lab = await startTestLab()
  lab.server.devices = [device('agent-1')]
  await using page = await openPage(lab, await cookieOf(lab))
  await page.next()
  // A ping says that the Server was asked again and had nothing new.
  await once(page.socket, 'ping')
  lab.server.devices = []
  expect(names(await page.next())).toEqual([])
})

test('a second page of one session gets the list without waiting for a change', async () => {
  await using lab = await startTestLab()
  lab.server.devices = [device('agent-1')]
  const cookie = await cookieOf(lab)
  await using first = await openPage(lab, cookie)
  await first.next()
  await using second = await openPage(lab, cookie)
  expect(names(await second.next())).toEqual(['agent-1'])
})

test('the page is told when the Administration Server goes away, and when it is back', async () => {
  await using lab = await startTestLab()
  await using page = await openPage(lab, await cookieOf(lab))
  expect(names(await page.next())).toEqual([])
  await lab.stopServer()
  expect((await page.next()).error).toMatch(/klserver cannot be reached on 13299\/tcp \(arrow 9\)/)
  await lab.startServer('common')
  // The way it fails may change while the Server goes (a closed connection, then a refused one).
  let message = await page.next()
  while (message.error !== undefined) message = await page.next()
  expect(names(message)).toEqual([])
})

test('a logout closes the open pages', async () => {
  await using lab = await startTestLab()
  const cookie = await cookieOf(lab)
  await using page = await openPage(lab, cookie)
  await page.next()
  await lab.post('/logout', {}, cookie)
  expect(await page.closed).toBe(4401)
})

test('so does the end of the session at the Administration Server', async () => {
  await using lab = await startTestLab()
  await using page = await openPage(lab, await cookieOf(lab))
  await page.next()
  lab.server.sessions.clear()
  expect(await page.closed).toBe(4401)
})

test('a page of a session that is over is told so when it comes back', async () => {
  await using lab = await startTestLab()
  const cookie = await cookieOf(lab)
  await lab.post('/logout', {}, cookie)
  await using page = await openPage(lab, cookie)
  expect(await page.closed).toBe(4401)
})

test('without a login nothing but the nonce comes back', async () => {
  await using lab = await startTestLab()
  lab.server.devices = [device('agent-1')]
  await using page = await openPage(lab)
  await page.opened
  page.socket.send('{"nonce":"0123456789"}')
  expect(await page.next()).toEqual({ nonce: '0123456789' })
  expect(lab.server.calls).toEqual([])
})

test.each([['no JSON'], ['null'], ['{"nonce":"short"}'], ['{"nonce":7}'], [Buffer.from('{"nonce":"0123456789"}')]])(
  'anything but a nonce in a text frame ends that WebSocket and no other: %s',
  async frame => {
    await using lab = await startTestLab()
    await using other = await openPage(lab)
    await using page = await openPage(lab)
    await Promise.all([page.opened, other.opened])
    page.socket.send(frame)
    expect(await page.closed).toBe(1008)
    other.socket.send('{"nonce":"0123456789"}')
    expect(await other.next()).toEqual({ nonce: '0123456789' })
  },
)

test('a frame longer than any nonce is refused', async () => {
  await using lab = await startTestLab()
  await using page = await openPage(lab)
  await page.opened
  page.socket.send('x'.repeat(10_000))
  expect(await page.closed).toBe(1009)
})

test('the WebSocket is at /events only', async () => {
  await using lab = await startTestLab()
  await using page = await openPage(lab, undefined, '/other')
  const [error] = (await once(page.socket, 'error')) as [Error]
  expect(error.message).toContain('404')
})

test('a request whose upgrade was lost on the way is told so', async () => {
  await using lab = await startTestLab()
  const answer = await lab.request({ path: '/events' })
  expect(answer.status).toBe(426)
  expect(answer.text).toContain('without its Upgrade header')
})

test('stopping closes the pages', async () => {
  await using lab = await startTestLab()
  await using page = await openPage(lab, await cookieOf(lab))
  await page.next()
  await lab.service.stop()
  expect([1001, 4401]).toContain(await page.closed)
})
