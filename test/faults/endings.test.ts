import { once } from 'node:events'
import { expect, test } from 'vitest'
import { startMiddlebox } from '../../shared/faults/middlebox.ts'
import { dialTcp, hears, listenTcp, PLENTY, send, toEnd } from './kit.ts'

test('refused: connecting is refused, again and again, and the responder sees nothing', async () => {
  await using upstream = await listenTcp()
  await using box = await startMiddlebox('refused', upstream.at)
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const [error] = await once(dialTcp(box.at).removeAllListeners('error'), 'error')
    expect(error).toMatchObject({ code: 'ECONNREFUSED', port: box.at.port })
  }
  expect(upstream.connections).toBe(0)
  expect(box.connections).toBe(0)
})

test('refused: a port asked for by number can be had again once the box is closed', async () => {
  const first = await startMiddlebox('refused', { address: '127.0.0.1', port: 9 })
  await first.close()
  await using second = await startMiddlebox('refused', { address: '127.0.0.1', port: 9 }, { port: first.at.port })
  expect(second.at).toEqual(first.at)
})

test('silent: takes megabytes and a FIN, says nothing, and the responder sees nothing', async () => {
  await using upstream = await listenTcp()
  const box = await startMiddlebox('silent', upstream.at)
  const client = dialTcp(box.at)
  const answer = toEnd(client)
  await send(client, PLENTY)
  client.end()
  await once(client, 'finish')
  expect(client.readableEnded).toBe(false)
  await box.close()
  expect((await answer).bytes).toHaveLength(0)
  expect(upstream.connections).toBe(0)
})

test('closed: both ends see FIN after the first bytes, however much the client still sends', async () => {
  await using upstream = await listenTcp()
  await using box = await startMiddlebox('closed', upstream.at)
  const client = dialTcp(box.at)
  const server = await upstream.next()
  await send(server, '220 ready')
  await hears(client, '220 ready')
  const [atClient, atServer] = [toEnd(client), toEnd(server)]
  await send(client, PLENTY)
  expect(await atClient).toEqual({ bytes: Buffer.alloc(0), end: 'fin' })
  expect(await atServer).toEqual({ bytes: Buffer.alloc(0), end: 'fin' })
  await send(client, PLENTY)
})

test('reset: both ends see RST after the first bytes', async () => {
  await using upstream = await listenTcp()
  await using box = await startMiddlebox('reset', upstream.at)
  const client = dialTcp(box.at)
  const server = await upstream.next()
  await send(server, '220 ready')
  await hears(client, '220 ready')
  const [atClient, atServer] = [toEnd(client), toEnd(server)]
  client.write('EHLO')
  expect(await atClient).toEqual({ bytes: Buffer.alloc(0), end: 'ECONNRESET' })
  expect(await atServer).toEqual({ bytes: Buffer.alloc(0), end: 'ECONNRESET' })
})

test.each(['closed', 'reset'] as const)('%s: ends that come before any byte are passed on', async fault => {
  await using upstream = await listenTcp()
  await using box = await startMiddlebox(fault, upstream.at)
  const client = dialTcp(box.at)
  const server = await upstream.next()
  client.end()
  expect((await toEnd(server)).end).toBe('fin')
  server.end()
  expect((await toEnd(client)).end).toBe('fin')

  for (const resetting of ['client', 'server'] as const) {
    const ends = { client: dialTcp(box.at), server: await upstream.next() }
    await send(ends.server, '220 ready')
    await hears(ends.client, '220 ready')
    const seen = toEnd(ends[resetting === 'client' ? 'server' : 'client'])
    ends[resetting].resetAndDestroy()
    expect((await seen).end).toBe('ECONNRESET')
  }
})

test('wrong-responder: somebody else answers', async () => {
  await using upstream = await listenTcp()
  await using other = await listenTcp()
  await using box = await startMiddlebox('wrong-responder', upstream.at, { elsewhere: other.at })
  const client = dialTcp(box.at)
  const server = await other.next()
  await send(client, 'is that klserver?')
  await hears(server, 'is that klserver?')
  server.end('no')
  expect((await toEnd(client)).bytes.toString()).toBe('no')
  expect(upstream.connections).toBe(0)
})

test.each([
  [undefined, 65536],
  [1000, 1000],
  [0, 0],
])(
  'stalled after %s: exactly %i bytes of the reply come, the request passes, both stay open',
  async (after, passed) => {
    await using upstream = await listenTcp()
    const box = await startMiddlebox('stalled', upstream.at, after === undefined ? {} : { after })
    const client = dialTcp(box.at)
    const answer = toEnd(client)
    const server = await upstream.next()
    let taken = false
    server.write(PLENTY, error => {
      taken = !error
    })
    server.resume()
    // Long enough for the reply too, were it taken.
    for (let round = 0; round < 3; round += 1) await send(client, PLENTY)
    expect(taken).toBe(false)
    expect(client.readableEnded || server.readableEnded).toBe(false)
    await box.close()
    const { bytes } = await answer
    expect(bytes.equals(PLENTY.subarray(0, passed))).toBe(true)
  },
)

test('stalled: a client that gives up frees the server', async () => {
  await using upstream = await listenTcp()
  await using box = await startMiddlebox('stalled', upstream.at)
  const client = dialTcp(box.at)
  const server = await upstream.next()
  server.write(PLENTY)
  client.end()
  expect((await toEnd(server)).end).toBe('fin')
  server.end()
  await once(server, 'close')
})
