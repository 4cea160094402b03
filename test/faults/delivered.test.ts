import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { startMiddlebox } from '../../shared/faults/middlebox.ts'
import { dialTcp, hears, listenTcp, send, toEnd } from './kit.ts'

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const MiB = 1024 * 1024

test('16 MiB each way, the second on a connection that the client has already half closed', async () => {
  await using upstream = await listenTcp()
  await using box = await startMiddlebox('delivered', upstream.at)
  const [request, reply] = [randomBytes(16 * MiB), randomBytes(16 * MiB)]
  const client = dialTcp(box.at)
  const answered = toEnd(client)
  client.end(request)
  const server = await upstream.next()
  const asked = await toEnd(server)
  expect(asked.end).toBe('fin')
  expect(sha256(asked.bytes)).toBe(sha256(request))
  server.end(reply)
  const { bytes, end } = await answered
  expect(end).toBe('fin')
  expect(sha256(bytes)).toBe(sha256(reply))
})

test('a client that does not read holds the server back; nothing is lost when it reads on', async () => {
  await using upstream = await listenTcp()
  await using box = await startMiddlebox('delivered', upstream.at)
  const other = dialTcp(box.at)
  const pong = await upstream.next()
  pong.pipe(pong)
  const client = dialTcp(box.at)
  const server = await upstream.next()

  const chunk = randomBytes(MiB / 16)
  const hash = createHash('sha256')
  let taken = 0
  const sending = (async () => {
    for (; taken < 64 * MiB; taken += chunk.length) {
      hash.update(chunk)
      await send(server, chunk)
    }
    server.end()
  })()
  for (let [before, still] = [-1, 0]; still < 20; ) {
    still = taken === before ? still + 1 : 0
    before = taken
    other.write('round')
    await hears(other, 'round')
  }
  // Two kernel buffers of 4 to 6 MiB on each of the two hops.
  expect(taken).toBeLessThan(32 * MiB)

  const { bytes } = await toEnd(client)
  await sending
  expect(bytes.length).toBe(64 * MiB)
  expect(sha256(bytes)).toBe(hash.digest('hex'))
})

test.each(['initiator', 'responder'] as const)('a reset by the %s arrives as a reset', async who => {
  await using upstream = await listenTcp()
  await using box = await startMiddlebox('delivered', upstream.at)
  const client = dialTcp(box.at)
  const server = await upstream.next()
  await send(client, 'ping')
  await hears(server, 'ping')
  const [resetting, other] = who === 'initiator' ? [client, server] : [server, client]
  const seen = toEnd(other)
  resetting.resetAndDestroy()
  expect((await seen).end).toBe('ECONNRESET')
})

test('an upstream that refuses is a reset for the client', async () => {
  await using nobody = await startMiddlebox('refused', { address: '127.0.0.1', port: 9 })
  await using box = await startMiddlebox('delivered', nobody.at)
  const client = dialTcp(box.at)
  await once(client, 'connect')
  expect((await toEnd(client)).end).toBe('ECONNRESET')
})
