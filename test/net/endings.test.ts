/** How a connection came to its end, as each end journals it. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { expect, test } from 'vitest'
import type { End, Ending } from '../../shared/journal/observation.ts'
import { answersFin, identityFor, network, pair, queue, read, seen, words } from './kit.ts'

const identity = await identityFor('server')
const anything = () => null

const cases: [who: End, how: 'fin' | 'reset', other: Ending][] = [
  ['initiator', 'fin', 'fin'],
  ['responder', 'fin', 'fin'],
  ['initiator', 'reset', 'rst'],
  ['responder', 'reset', 'rst'],
]

test.each(cases)('the %s ends by %s: the other end saw that, itself says local', async (who, how, other) => {
  await using net = network()
  const ends = await pair(net)
  ends[who].close(how)
  const at = {
    initiator: await seen(net.journals.client, 'closed'),
    responder: await seen(net.journals.server, 'closed'),
  }
  expect(at[who].detail).toMatchObject({ how: 'local' })
  expect(at[who === 'initiator' ? 'responder' : 'initiator'].detail).toMatchObject({ how: other })
})

test.each(cases)('under TLS as well: the %s ends by %s', async (who, how, other) => {
  await using net = network()
  const listener = await net.listen(13000, { tls: identity })
  const initiator = await net.client.dial({ host: 'server', port: 13000 }, { tls: { rule: anything } })
  const ends = { initiator, responder: await listener.next() }
  ends.initiator.stream.resume()
  answersFin(ends.responder)
  // Both ends have read something, so that no handshake message is still on its way.
  ends.responder.stream.write('ready')
  await once(ends.initiator.stream, 'data')
  ends[who].close(how)
  const at = {
    initiator: await seen(net.journals.client, 'closed'),
    responder: await seen(net.journals.server, 'closed'),
  }
  expect(at[who].detail).toMatchObject({ how: 'local' })
  expect(at[who === 'initiator' ? 'responder' : 'initiator'].detail).toMatchObject({ how: other })
})

test('a connection that is closed again and again ends once', async () => {
  await using net = network()
  const { initiator } = await pair(net)
  initiator.close()
  initiator.close()
  await Promise.all([seen(net.journals.client, 'closed'), seen(net.journals.server, 'closed')])
  initiator.close('reset')
  initiator.close()
  await new Promise(resolve => setTimeout(resolve, 20))
  for (const journal of [net.journals.client, net.journals.server])
    expect(words(journal).filter(word => word === 'closed')).toHaveLength(1)
})

test('a peer that never answers a FIN does not keep the connection for ever', async () => {
  const kept = queue<void>()
  const stubborn = createServer({ allowHalfOpen: true }, socket => {
    socket.on('error', () => {}).resume()
    kept.put()
  })
  await once(stubborn.listen(0, '127.0.0.1'), 'listening')
  await using net = network()
  net.book.bound({ host: 'server', port: 1 }, 'tcp', {
    address: '127.0.0.1',
    port: (stubborn.address() as { port: number }).port,
  })
  const connection = await net.client.dial({ host: 'server', port: 1 })
  await kept.next()
  connection.close()
  const { detail } = await seen(net.journals.client, 'closed')
  expect(detail.how).toBe('local')
  expect(detail.after).toBeGreaterThan(900)
  stubborn.close()
})

test('a listener that closes ends its connections, and says that it was itself', async () => {
  await using net = network()
  const listener = await net.listen(14000)
  const open = await net.client.dial({ host: 'server', port: 14000 })
  open.stream.write('ping')
  await listener.next()
  const idle = connect(listener.at.port, listener.at.address).on('error', () => {})
  await once(idle, 'connect')
  while (words(net.journals.server).filter(word => word === 'accepted').length < 2)
    await new Promise(resolve => setTimeout(resolve, 5))
  await listener.close()
  await listener.close()
  await once(idle.resume(), 'close')
  const ends = net.journals.server.entries().filter(({ what }) => what === 'closed')
  expect(ends.map(entry => (entry.detail as { how: string }).how)).toEqual(['local', 'local'])
  await expect(net.client.dial({ host: 'server', port: 14000 })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test.each(['fin', 'rst'] as const)('%s before a single byte is journalled as such', async how => {
  await using net = network()
  const listener = await net.listen(14000)
  const stranger = connect(listener.at.port, listener.at.address)
  await once(stranger, 'connect')
  if (how === 'fin') stranger.end()
  else stranger.resetAndDestroy()
  expect((await seen(net.journals.server, 'closed')).detail).toMatchObject({ how, code: 'NO_BYTES' })
  stranger.destroy()
})

test('a connection that says nothing is ended after the handshake time', async () => {
  await using net = network()
  const listener = await net.listen(14000, { handshakeTimeout: 50 })
  const stranger = connect(listener.at.port, listener.at.address)
  const over = once(stranger.resume(), 'close')
  expect((await seen(net.journals.server, 'closed')).detail).toMatchObject({ how: 'timeout', code: 'NO_BYTES' })
  await over
})

test('everything that one exercise opens carries its nonce; the far end learns it from what is said', async () => {
  await using net = network()
  const listener = await net.listen(14000)
  const nonce = randomUUID()
  const connection = await net.client.during({ nonce, timeout: 1_000 }).dial({ host: 'server', port: 14000 })
  connection.stream.write('ping')
  const responder = await listener.next()
  expect(new Set(net.journals.client.entries().map(entry => entry.nonce))).toEqual(new Set([nonce]))
  expect(net.journals.server.entries().every(entry => entry.nonce === undefined)).toBe(true)
  responder.observe({ what: 'request-received', detail: { nonce } })
  await read(responder.stream)
  connection.close()
  responder.close()
  expect((await seen(net.journals.server, 'closed')).nonce).toBe(nonce)
})
