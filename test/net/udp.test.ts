/** Datagrams: listening, answering, and the connected kind that hears a closed port. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import type { Datagram } from '../../shared/net/host.ts'
import { network, queue, seen, UNKNOWN_NAME, words } from './kit.ts'

const to = { host: 'server', port: 15000 }

test('a datagram arrives whole, and so does its answer', async () => {
  await using net = network()
  const arrived = queue<Datagram>()
  const port = await net.server.udp(15000, arrived.put)
  const peer = await net.client.udpTo(to)
  await peer.send(Buffer.from('wake up'))
  const { bytes, from } = await arrived.next()
  expect(bytes.toString()).toBe('wake up')
  await port.reply(from, Buffer.from('awake'))
  expect(String(await peer.receive(5_000))).toBe('awake')
  const connected = await seen(net.journals.client, 'connected')
  expect(connected).toMatchObject({ transport: 'udp', port: 15000, end: 'initiator', connection: peer.id })
  expect(connected.detail).toEqual({ local: from, remote: port.bound })
  expect((await seen(net.journals.server, 'accepted')).detail).toEqual({ local: port.bound, remote: from })
  peer.close()
  await port.close()
})

test('60 KiB in one datagram arrive; 70 KiB are refused to the sender', async () => {
  await using net = network()
  const arrived = queue<Datagram>()
  const port = await net.server.udp(15000, arrived.put)
  const peer = await net.client.udpTo(to)
  const large = Buffer.alloc(60 * 1024, 'ksc-lab ')
  await peer.send(large)
  const { bytes, from } = await arrived.next()
  expect(bytes.equals(large)).toBe(true)
  await port.reply(from, large)
  expect((await peer.receive(5_000))?.equals(large)).toBe(true)
  await expect(peer.send(Buffer.alloc(70 * 1024))).rejects.toMatchObject({ name: 'NetError', code: 'EMSGSIZE' })
  peer.close()
  await port.close()
})

test('each datagram has its own name in the journal', async () => {
  await using net = network()
  const arrived = queue<Datagram>()
  const port = await net.server.udp(15000, arrived.put)
  const peer = await net.client.udpTo(to)
  for (const word of ['one', 'two']) await peer.send(Buffer.from(word))
  const [, two] = [await arrived.next(), await arrived.next()]
  two.observe({ what: 'datagram-refused', detail: { reason: 'no reason', bytes: 3 } })
  const entries = net.journals.server.entries()
  expect(entries.map(({ what }) => what)).toEqual(['accepted', 'accepted', 'datagram-refused'])
  expect(entries[2]?.connection).toBe(entries[1]?.connection)
  expect(entries[0]?.connection).not.toBe(entries[1]?.connection)
  peer.close()
  await port.close()
})

test('what came before is received later, in its order; silence is null', async () => {
  await using net = network()
  const arrived = queue<Datagram>()
  const port = await net.server.udp(15000, arrived.put)
  const peer = await net.client.udpTo(to)
  await peer.send(Buffer.from('?'))
  const { from } = await arrived.next()
  for (const word of ['one', 'two']) await port.reply(from, Buffer.from(word))
  await new Promise(resolve => setTimeout(resolve, 50))
  expect([await peer.receive(1_000), await peer.receive(1_000)].map(String)).toEqual(['one', 'two'])
  const startedAt = performance.now()
  expect(await peer.receive(50)).toBeNull()
  expect(performance.now() - startedAt).toBeGreaterThan(40)
  peer.close()
  await port.close()
})

test('a closed port is heard, and stays refused', async () => {
  await using net = network()
  const port = await net.server.udp(15000, () => {})
  await port.close()
  await port.close()
  const peer = await net.client.udpTo(to)
  await peer.send(Buffer.from('?'))
  for (let attempt = 0; attempt < 2; attempt += 1)
    await expect(peer.receive(5_000)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      message: 'server:15000/udp: ECONNREFUSED',
    })
  expect(words(net.journals.client)).toEqual(['connecting', 'connected', 'connect-failed'])
  peer.close()
})

test('closing ends a waiting receive; a second close and a late send harm nobody', async () => {
  await using net = network()
  const port = await net.server.udp(15000, () => {})
  const peer = await net.client.udpTo(to)
  const waiting = peer.receive(20_000)
  peer.close()
  peer.close()
  expect(await waiting).toBeNull()
  await expect(peer.send(Buffer.from('?'))).rejects.toThrow()
  await port.close()
})

test('an answer is never the trouble of who answers: gone peer, port 0, own port closed', async () => {
  await using net = network()
  const port = await net.server.udp(15000, () => {})
  const gone = createSocket('udp4')
  await once(gone.bind(0, '127.0.0.1'), 'listening')
  const at = gone.address()
  gone.close()
  const word = Buffer.from('!')
  await port.reply(at, word)
  await port.reply({ address: '127.0.0.1', port: 0 }, word)
  await port.close()
  await port.reply(at, word)
})

test('a name that is not resolved', async () => {
  await using net = network()
  await expect(net.client.udpTo({ host: 'lost', port: 15000 })).rejects.toMatchObject({
    code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
  })
  expect((await seen(net.journals.client, 'resolve-failed')).detail.name).toBe(UNKNOWN_NAME)
})
