/** A multicast group: every member has a copy of its own. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import type { Datagram } from '../../shared/net/host.ts'
import { network, queue, words } from './kit.ts'

const to = { host: 'client', port: 15001 }

test('both members on one machine have the datagram, and each journals it with what is observed of it', async () => {
  await using net = network()
  const [one, two] = [queue<Datagram>(), queue<Datagram>()]
  const members = [await net.server.multicast(15001, one.put), await net.client.multicast(15001, two.put)]
  expect(members[0]?.bound).toEqual(members[1]?.bound)
  expect(members[0]?.bound.address).toBe('239.255.15.1')
  const peer = await net.server.multicastTo(to)
  await peer.send(Buffer.from('piece'))
  const [first, second] = await Promise.all([one.next(), two.next()])
  expect([String(first.bytes), String(second.bytes)]).toEqual(['piece', 'piece'])
  expect(words(net.journals.client)).toEqual([])
  second.observe({ what: 'request-received', detail: { nonce: 'exercise-1' } })
  second.observe({ what: 'reply-sent', detail: { nonce: 'exercise-1' } })
  expect(words(net.journals.client)).toEqual(['accepted', 'request-received', 'reply-sent'])
  expect(net.journals.client.entries()[0]).toMatchObject({ transport: 'udp', port: 15001, end: 'responder' })
  expect(words(net.journals.server)).toEqual(['connecting', 'connected'])
  peer.close()
  for (const member of members) await member.close()
  await members[0]?.close()
})

test('where nobody is a member, sending harms nobody', async () => {
  await using net = network()
  const peer = await net.server.multicastTo(to)
  await peer.send(Buffer.from('piece'))
  peer.close()
})

test('a port that somebody keeps for himself is named with its holder', async () => {
  const socket = createSocket('udp4')
  await once(socket.bind(0, '239.255.15.1'), 'listening')
  const { port } = socket.address()
  await using net = network(port)
  await expect(net.server.multicast(15001, () => {})).rejects.toMatchObject({
    name: 'ListenError',
    code: 'EADDRINUSE',
    message: expect.stringContaining(`239.255.15.1:${port}/udp: the port is held by`),
  })
  socket.close()
})

test('a network that this machine is not in has no group', async () => {
  await using net = network(undefined, '203.0.113.77')
  await expect(net.server.multicast(15001, () => {})).rejects.toMatchObject({
    name: 'ListenError',
    message: expect.stringContaining('server cannot listen on 239.255.15.1'),
  })
  await expect(net.server.multicastTo(to)).rejects.toMatchObject({ name: 'NetError', code: 'EADDRNOTAVAIL' })
})
