/** A dial that comes to nothing: what it rejects with, and what the journal keeps of it. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { deaf, type Network, network, read, seen, UNKNOWN_NAME, words } from './kit.ts'

/** A port of the server on which nobody listens. */
async function closedPort(net: Network): Promise<void> {
  const listener = await net.listen(14000)
  await listener.close()
}

/** Accepts and says nothing. */
async function silent(net: Network) {
  const server = createServer(socket => socket.on('error', () => {}))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as { port: number }
  net.book.bound({ host: 'server', port: 13000 }, 'tcp', { address: '127.0.0.1', port })
  return server
}

test('a dial is journalled at both ends, each with the addresses of the other', async () => {
  await using net = network()
  const listener = await net.listen(14000)
  const connection = await net.client.dial({ host: 'server', port: 14000 })
  connection.stream.write('hello there')
  const responder = await listener.next()
  expect(await read(responder.stream)).toBe('hello there')
  expect(net.journals.client.entries()).toMatchObject([
    {
      what: 'connecting',
      host: 'client',
      end: 'initiator',
      port: 14000,
      transport: 'tcp',
      connection: connection.id,
      detail: { to: 'server:14000', ...listener.at },
    },
    { what: 'connected', connection: connection.id, detail: { local: connection.local, remote: listener.at } },
  ])
  expect(net.journals.server.entries()).toMatchObject([
    {
      what: 'accepted',
      host: 'server',
      end: 'responder',
      port: 14000,
      connection: responder.id,
      detail: { local: listener.at, remote: connection.local },
    },
    { what: 'first-bytes', detail: { kind: 'plaintext', hex: Buffer.from('hello there').toString('hex') } },
  ])
  const times = net.journals.client.entries().map(({ t }) => t)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(Math.abs((times[0] ?? 0) - Date.now())).toBeLessThan(10_000)
})

test('a refused port is ECONNREFUSED, and says whom it was to reach', async () => {
  await using net = network()
  await closedPort(net)
  await expect(net.client.dial({ host: 'server', port: 14000 })).rejects.toMatchObject({
    name: 'NetError',
    code: 'ECONNREFUSED',
    message: expect.stringContaining('server:14000 at 127.0.0.1:'),
  })
  expect(words(net.journals.client)).toEqual(['connecting', 'connect-failed'])
  expect((await seen(net.journals.client, 'connect-failed')).detail).toEqual({
    code: 'ECONNREFUSED',
    after: expect.any(Number),
  })
})

test('a name that is not resolved is neither dialled nor called refused', async () => {
  await using net = network()
  await expect(net.client.dial({ host: 'lost', port: 13000 })).rejects.toMatchObject({
    code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
    message: expect.stringContaining(`the name ${UNKNOWN_NAME} is not resolved`),
  })
  expect(words(net.journals.client)).toEqual(['resolve-failed'])
  expect((await seen(net.journals.client, 'resolve-failed')).detail.name).toBe(UNKNOWN_NAME)
})

test('a host that is not in the lab is an error that names those that are', async () => {
  await using net = network()
  expect(() => net.client.dial({ host: 'elsewhere', port: 1 })).toThrow('its hosts are server, client, lost')
})

test('a detour reaches one target by another way, and no other', async () => {
  await using net = network()
  const [one, two] = [await net.listen(1), await net.listen(2)]
  const stamped = net.client.during({
    nonce: 'an-exercise',
    timeout: 1_000,
    detour: { target: { host: 'server', port: 1 }, at: two.at },
  })
  expect((await stamped.dial({ host: 'server', port: 1 })).remote).toEqual(two.at)
  expect((await stamped.dial({ host: 'server', port: 2 })).remote).toEqual(two.at)
  expect((await net.client.dial({ host: 'server', port: 1 })).remote).toEqual(one.at)
})

describe.runIf(process.platform === 'linux')('where SYNs are dropped', () => {
  async function blocked(net: Network) {
    const { at, worker } = await deaf()
    net.book.bound({ host: 'server', port: 14000 }, 'tcp', at)
    // Two fill the queue of one; who comes after them hears nothing.
    for (let filling = 0; filling < 2; filling += 1) await net.client.dial({ host: 'server', port: 14000 })
    return worker
  }

  test('a dial ends after its time-out, with TIMEOUT', async () => {
    await using net = network()
    const worker = await blocked(net)
    const startedAt = performance.now()
    await expect(net.client.dial({ host: 'server', port: 14000 }, { timeout: 150 })).rejects.toMatchObject({
      name: 'TimeoutError',
      code: 'TIMEOUT',
      message: 'connecting to server:14000: nothing within 150 ms',
    })
    expect(performance.now() - startedAt).toBeGreaterThan(140)
    const { detail } = await seen(net.journals.client, 'connect-failed')
    expect(detail.code).toBe('TIMEOUT')
    expect(detail.after).toBeGreaterThan(140)
    await worker.terminate()
  })

  test('the time-out of an exercise is that of its dials', async () => {
    await using net = network()
    const worker = await blocked(net)
    const stamped = net.client.during({ nonce: 'an-exercise', timeout: 60 })
    await expect(stamped.dial({ host: 'server', port: 14000 })).rejects.toThrow('nothing within 60 ms')
    await worker.terminate()
  })

  test('an AbortSignal ends a dial at once, with a word of its own', async () => {
    await using net = network()
    const worker = await blocked(net)
    const stop = new AbortController()
    const dialling = net.client.dial({ host: 'server', port: 14000 }, { signal: stop.signal })
    setTimeout(() => stop.abort(), 20)
    await expect(dialling).rejects.toMatchObject({ name: 'NetError', code: 'ABORTED' })
    expect((await seen(net.journals.client, 'connect-failed')).detail.code).toBe('ABORTED')
    await worker.terminate()
  })
})

test.each([
  ['nothing', undefined],
  ['an error', new Error('enough')],
  ['null', null],
])('a signal that was aborted before, with %s for a reason, ends the dial', async (_what, reason) => {
  await using net = network()
  await net.listen(14000)
  const signal = AbortSignal.abort(reason)
  await expect(net.client.dial({ host: 'server', port: 14000 }, { signal })).rejects.toMatchObject({ code: 'ABORTED' })
  expect((await seen(net.journals.client, 'connect-failed')).detail.code).toBe('ABORTED')
})

test('an AbortSignal ends the resolution of a name too', async () => {
  await using net = network()
  const signal = AbortSignal.abort()
  await expect(net.client.dial({ host: 'lost', port: 13000 }, { signal })).rejects.toMatchObject({ code: 'ABORTED' })
  const stop = new AbortController()
  const dialling = net.client.dial({ host: 'lost', port: 13000 }, { signal: stop.signal })
  stop.abort()
  await expect(dialling).rejects.toMatchObject({ code: 'ABORTED' })
  expect(net.journals.client.entries()).toMatchObject([
    { what: 'resolve-failed', detail: { code: 'ABORTED' } },
    { what: 'resolve-failed', detail: { code: 'ABORTED' } },
  ])
})

test('an AbortSignal ends a TLS handshake that nobody answers; a time-out does so too', async () => {
  await using net = network()
  const server = await silent(net)
  const stop = new AbortController()
  const rule = () => null
  const dialling = net.client.dial({ host: 'server', port: 13000 }, { tls: { rule }, signal: stop.signal })
  await seen(net.journals.client, 'connected')
  stop.abort()
  await expect(dialling).rejects.toMatchObject({ code: 'ABORTED' })
  await expect(net.client.dial({ host: 'server', port: 13000 }, { tls: { rule }, timeout: 50 })).rejects.toMatchObject({
    code: 'TIMEOUT',
    message: expect.stringContaining('TLS handshake with server:13000'),
  })
  const failures = net.journals.client.entries().filter(({ what }) => what === 'tls-failed')
  expect(failures).toMatchObject([{ detail: { code: 'ABORTED' } }, { detail: { code: 'TIMEOUT' } }])
  server.close()
})
