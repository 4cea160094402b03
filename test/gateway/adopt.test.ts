/** `adopt`: a listener serves what came another way. `passOn`: it gives away what asks for somebody else. */
import { once } from 'node:events'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { expect, test } from 'vitest'
import { carry } from '../../shared/net/carry.ts'
import type { Arrival, Connection, ListenOptions, TcpListener } from '../../shared/net/host.ts'
import { identityFor, network, queue, read, seen, words } from '../net/kit.ts'

const identity = await identityFor('server')
const FROM = { address: '192.0.2.7', port: 4711 }

async function listening(options: ListenOptions = {}) {
  const net = network()
  const arrived = queue<Connection>()
  const away = queue<Arrival>()
  const listener: TcpListener = await net.server.listen(13000, { passOn: away.put, ...options }, arrived.put)
  return {
    ...net,
    listener,
    arrived,
    away,
    async [Symbol.asyncDispose]() {
      await listener.close()
      await net[Symbol.asyncDispose]()
    },
  }
}

async function asking(at: { address: string; port: number }, servername?: string): Promise<TLSSocket> {
  const socket = connectTls({
    host: at.address,
    port: at.port,
    rejectUnauthorized: false,
    ...(servername ? { servername } : {}),
  })
  socket.on('error', () => {})
  return socket
}

test.each([
  ['its name', 'server'],
  ['its other name', 'server.example'],
])('what asks for the listener by %s is served by itself', async (_, name) => {
  await using net = await listening({ tls: identity, ownNames: ['server', 'server.example'] })
  const socket = await asking(net.listener.bound, name)
  await once(socket, 'secureConnect')
  expect((await net.arrived.next()).via).toBeNull()
  socket.destroy()
})

test.each([
  ['another name', 'other.example'],
  ['none', undefined],
])('what asks for %s is passed on with every byte, and no TLS is ended', async (_, name) => {
  await using net = await listening({ tls: identity, ownNames: ['server'] })
  const socket = await asking(net.listener.bound, name)
  const { hello, connection } = await net.away.next()
  expect(hello.sni).toBe(name ?? null)
  expect(connection.end).toBe('responder')
  const first = connection.stream.read() as Buffer
  expect(first.subarray(0, 2)).toEqual(Buffer.of(0x16, 0x03))
  expect(first.length, 'the whole record').toBe(first.readUInt16BE(3) + 5)
  expect(words(net.journals.server)).toEqual(['accepted', 'first-bytes', 'client-hello'])
  connection.close('reset')
  const [error] = await once(socket, 'error').catch(reason => [reason])
  expect(error.code).toBe('ECONNRESET')
})

test('plaintext is neither served nor passed on', async () => {
  await using net = await listening({ tls: identity, ownNames: ['server'] })
  const plain = await net.client.dial({ host: 'server', port: 13000 })
  plain.stream.write('GET / HTTP/1.1\r\n\r\n')
  plain.stream.resume()
  expect((await seen(net.journals.server, 'closed')).detail).toMatchObject({ code: 'NOT_TLS' })
  await seen(net.journals.client, 'closed')
})

/** A connection that came to `door` and is adopted by a TLS port: as a Server does with a data connection. */
async function adopted(over: 'plain' | 'TLS') {
  const net = await listening({ tls: identity, ownNames: [] })
  const served = queue<Connection>()
  const door = queue<Connection>()
  const inner = await net.server.listen(13291, { tls: identity, clientCertificate: true }, served.put)
  const outer = await net.server.listen(13292, over === 'TLS' ? { tls: identity } : {}, door.put)
  const raw = await net.client.dial(
    { host: 'server', port: 13292 },
    over === 'TLS' ? { tls: { rule: () => null } } : {},
  )
  const socket = connectTls({ socket: raw.stream, rejectUnauthorized: false, servername: 'server' })
  socket.on('error', () => {})
  inner.adopt(await door.next(), { from: FROM, via: 'gateway' })
  const connection = await served.next()
  const close = async () => {
    socket.destroy()
    await Promise.all([inner.close(), outer.close()])
    await net[Symbol.asyncDispose]()
  }
  return { ...net, raw, socket, connection, inner, [Symbol.asyncDispose]: close }
}

test.each(['plain', 'TLS'] as const)('what came over a %s connection is served as if accepted here', async over => {
  await using net = await adopted(over)
  const { connection, socket } = net
  expect(connection).toMatchObject({
    end: 'responder',
    via: 'gateway',
    remote: FROM,
    local: net.inner.bound,
    certificate: null,
  })
  const mine = net.journals.server.entries().filter(({ connection: id }) => id === connection.id)
  expect(mine.map(({ what }) => what)).toEqual([
    'accepted',
    'first-bytes',
    'client-hello',
    'certificate-presented',
    'secure',
    'client-certificate-seen',
  ])
  expect(mine[0]).toMatchObject({ port: 13291, detail: { local: net.inner.bound, remote: FROM } })
  socket.write('question')
  expect(await read(connection.stream)).toBe('question')
  connection.stream.write('answer')
  expect(await read(socket)).toBe('answer')
})

test.each(['plain', 'TLS'] as const)('a half-close over a %s connection leaves the answer its way', async over => {
  await using net = await adopted(over)
  const { connection, socket } = net
  connection.stream.once('end', () => connection.stream.end('after your end'))
  connection.stream.resume()
  socket.end('all I say')
  expect(await read(socket)).toBe('after your end')
})

test.each(['plain', 'TLS'] as const)('a reset over a %s connection reaches the other side', async over => {
  await using net = await adopted(over)
  const { connection, socket } = net
  const broken = new Promise(resolve => socket.once('error', resolve))
  connection.close('reset')
  expect(await broken).toMatchObject({ code: 'ECONNRESET', syscall: 'read' })
})

test('one that says nothing is given up after the time of a handshake', async () => {
  await using net = await listening({ tls: identity, handshakeTimeout: 50 })
  const door = queue<Connection>()
  const outer = await net.server.listen(13292, {}, door.put)
  const raw = await net.client.dial({ host: 'server', port: 13292 })
  raw.stream.write('x')
  raw.stream.resume()
  const came = await door.next()
  came.stream.read()
  net.listener.adopt(came, { from: FROM, via: 'gateway' })
  await expect
    .poll(() => net.journals.server.entries().find(({ what }) => what === 'closed')?.detail)
    .toMatchObject({ how: 'timeout', code: 'NO_BYTES' })
  await outer.close()
})

test('passed on and carried, TLS is between the far ends', async () => {
  await using net = await listening({ tls: identity, ownNames: ['server'] })
  const far = queue<Connection>()
  const behind = await identityFor('behind')
  const other = await net.server.listen(13292, { tls: behind }, far.put)
  const socket = await asking(net.listener.bound, 'behind')
  const { connection } = await net.away.next()
  void carry(connection, await net.client.dial({ host: 'server', port: 13292 }))
  await once(socket, 'secureConnect')
  expect(socket.getPeerX509Certificate()?.subject).toBe('CN=behind')
  socket.destroy()
  await other.close()
})
