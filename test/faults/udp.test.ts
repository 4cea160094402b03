import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { expect, test, vi } from 'vitest'
import { startMiddlebox } from '../../shared/faults/middlebox.ts'
import type { Endpoint } from '../../shared/journal/observation.ts'

async function bound(port = 0): Promise<Socket & { at: Endpoint } & AsyncDisposable> {
  const socket = createSocket('udp4').bind(port, '127.0.0.1')
  await once(socket, 'listening')
  return Object.assign(socket, { at: { address: '127.0.0.1', port: socket.address().port } })
}

async function peerOf({ address, port }: Endpoint): Promise<Socket & AsyncDisposable> {
  const socket = createSocket('udp4')
  socket.connect(port, address)
  await once(socket, 'connect')
  return socket
}

/** The next datagram: its text and who sent it. */
async function datagram(socket: Socket): Promise<{ text: string; from: number }> {
  const [bytes, from] = await once(socket, 'message')
  return { text: String(bytes), from: from.port }
}

test('delivered: like a NAT, one port per client, and the answer finds its own', async () => {
  await using upstream = await bound()
  await using box = await startMiddlebox('delivered', upstream.at, { transport: 'udp' })
  await using one = await peerOf(box.at)
  await using two = await peerOf(box.at)
  const ports = new Set<number>()
  for (const [client, name] of [
    [one, 'one'],
    [two, 'two'],
    [one, 'one again'],
  ] as const) {
    const arrived = datagram(upstream)
    client.send(name)
    const { text, from } = await arrived
    expect(text).toBe(name)
    ports.add(from)
    const answer = datagram(client)
    upstream.send(`to ${name}`, from, '127.0.0.1')
    expect(await answer).toEqual({ text: `to ${name}`, from: box.at.port })
  }
  expect(ports.size).toBe(2)
  expect(ports).not.toContain(box.at.port)
  expect(box.connections).toBe(2)
})

test('delivered: the first datagrams of a client keep their order', async () => {
  await using upstream = await bound()
  await using box = await startMiddlebox('delivered', upstream.at, { transport: 'udp' })
  await using client = await peerOf(box.at)
  const heard: string[] = []
  const all = new Promise<void>(resolve => {
    upstream.on('message', bytes => heard.push(String(bytes)) === 20 && resolve())
  })
  const sent = Array.from({ length: 20 }, (_, index) => String(index))
  for (const text of sent) client.send(text)
  await all
  expect(heard).toEqual(sent)
})

test('delivered: a mapping is forgotten after two minutes of silence, not before', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    await using upstream = await bound()
    await using box = await startMiddlebox('delivered', upstream.at, { transport: 'udp' })
    await using client = await peerOf(box.at)
    const from = async (): Promise<number> => {
      const arrived = datagram(upstream)
      client.send('x')
      return (await arrived).from
    }
    const first = await from()
    vi.advanceTimersByTime(119_999)
    expect(await from()).toBe(first)
    vi.advanceTimersByTime(119_999)
    expect(await from()).toBe(first)
    expect(box.connections).toBe(1)
    vi.advanceTimersByTime(120_000)
    await from()
    expect(box.connections).toBe(2)
  } finally {
    vi.useRealTimers()
  }
})

test('request-lost: nothing reaches the responder', async () => {
  await using upstream = await bound()
  const heard = vi.fn()
  upstream.on('message', heard)
  await using box = await startMiddlebox('request-lost', upstream.at, { transport: 'udp' })
  await using client = await peerOf(box.at)
  client.send('lost')
  await vi.waitUntil(() => box.connections === 1, { interval: 1 })
  // Had it passed, it would be here before these, which are sent later.
  await using direct = await peerOf(upstream.at)
  for (let round = 0; round < 20; round += 1) {
    const arrived = datagram(upstream)
    direct.send('known')
    await arrived
  }
  expect(heard.mock.calls.map(([bytes]) => String(bytes))).toEqual(Array(20).fill('known'))
})

test('reply-lost: the request arrives, the answer does not', async () => {
  await using upstream = await bound()
  await using box = await startMiddlebox('reply-lost', upstream.at, { transport: 'udp' })
  await using client = await peerOf(box.at)
  const heard = vi.fn()
  client.on('message', heard)
  for (let round = 0; round < 20; round += 1) {
    const arrived = datagram(upstream)
    client.send('request')
    const { text, from } = await arrived
    expect(text).toBe('request')
    upstream.send('reply', from, '127.0.0.1')
  }
  expect(heard).not.toHaveBeenCalled()
})

test('refused: "port unreachable" at the client, nothing at the responder', async () => {
  await using upstream = await bound()
  await using box = await startMiddlebox('refused', upstream.at, { transport: 'udp' })
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await using client = await peerOf(box.at)
    client.send('anybody?')
    const error = await once(client, 'error').then(([error]) => error)
    expect(error).toMatchObject({ code: 'ECONNREFUSED' })
  }
  expect(box.connections).toBe(0)
})

test('wrong-responder: somebody else gets it, and answers', async () => {
  await using upstream = await bound()
  await using other = await bound()
  await using box = await startMiddlebox('wrong-responder', upstream.at, { transport: 'udp', elsewhere: other.at })
  await using client = await peerOf(box.at)
  const arrived = datagram(other)
  client.send('klserver?')
  const { text, from } = await arrived
  expect(text).toBe('klserver?')
  const answer = datagram(client)
  other.send('no', from, '127.0.0.1')
  expect((await answer).text).toBe('no')
})

test('an upstream that was away is reached again through the same mapping', async () => {
  const { at } = await bound().then(async socket => {
    await socket[Symbol.asyncDispose]()
    return socket
  })
  await using box = await startMiddlebox('delivered', at, { transport: 'udp' })
  await using client = await peerOf(box.at)
  client.send('nobody hears this')
  await vi.waitUntil(() => box.connections === 1, { interval: 1 })
  await using upstream = await bound(at.port)
  const arrived = datagram(upstream)
  // The refusal may still hang on the socket of the mapping and cost one datagram more.
  const again = setInterval(() => client.send('here again'), 5)
  expect((await arrived.finally(() => clearInterval(again))).text).toBe('here again')
  expect(box.connections).toBe(1)
})
