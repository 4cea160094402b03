/** A listener and the headers of proxies: taken, missed, disbelieved, and those that never end. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { Journal } from '../../shared/journal/journal.ts'
import { createAddressBook } from '../../shared/net/address-book.ts'
import { addressSet } from '../../shared/net/address-set.ts'
import type { Connection, ListenOptions, ProxyProtocol } from '../../shared/net/host.ts'
import { LocalSockets } from '../../shared/net/local.ts'
import { createHost } from '../../shared/net/node-host.ts'
import { tlv, v2 } from '../wire/proxy-header-kit.ts'
import { identityFor, queue, read, seen } from './kit.ts'

const tls = await identityFor('server')
const HEADER = 'PROXY TCP4 192.0.2.1 198.51.100.1 50000 13000\r\n'
const FOUR = Buffer.from([192, 0, 2, 1, 198, 51, 100, 1, 0xc3, 0x50, 0x32, 0xc8])
const SOURCE = { address: '192.0.2.1', port: 50_000 }

async function listening(mode: ProxyProtocol['mode'], { trusted = ['127.0.0.1'], ...options }: Options = {}) {
  const journal = new Journal()
  const local = new LocalSockets()
  const book = createAddressBook({ addresses: new Map([['server', '127.0.0.1']]), ports: 'ephemeral' })
  const believed = addressSet(trusted)
  if (!believed) throw new Error('not an address')
  const proxyProtocol = () => ({ mode, trusted: believed })
  const host = createHost({ name: 'server', book, journal, local, proxyProtocol })
  const arrived = queue<Connection>()
  const listener = await host.listen(13000, options, arrived.put)
  const sockets: Socket[] = []
  return {
    journal,
    next: arrived.next,
    async dial(...pieces: (string | Uint8Array)[]): Promise<Socket> {
      const socket = connect(listener.bound.port, '127.0.0.1')
      sockets.push(socket.on('error', () => {}))
      await once(socket, 'connect')
      for (const piece of pieces) {
        socket.write(piece)
        if (pieces.length > 1) await sleep(2)
      }
      return socket
    },
    refusal: async () => (await seen(journal, 'proxy-header-refused')).detail,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await listener.close()
      local.remove()
    },
  }
}
type Options = ListenOptions & { trusted?: string[] }

const gone = async (socket: Socket) => {
  if (!socket.closed) await once(socket.resume(), 'close')
}

describe.each(['expected', 'optional'] as const)('%s', mode => {
  test.each([
    ['version 1', [HEADER], 1, []],
    ['version 2', [v2(0x21, 0x11, FOUR)], 2, []],
    ['version 2 with TLVs', [v2(0x21, 0x11, FOUR, tlv(0x02, 'klserver'))], 2, ['AUTHORITY']],
    ['version 1 byte by byte', [...HEADER], 1, []],
    ['version 2 byte by byte', [...v2(0x21, 0x11, FOUR)].map(byte => Buffer.from([byte])), 2, []],
  ] as const)('%s: the far end is whom it names, the peer whose socket it is', async (_what, pieces, version, tlvs) => {
    await using server = await listening(mode)
    const socket = await server.dial(...pieces, 'ping')
    const connection = await server.next()
    const peer = { address: '127.0.0.1', port: socket.localPort }
    expect(connection).toMatchObject({ remote: SOURCE, peer })
    expect(await read(connection.stream)).toBe('ping')
    connection.stream.write('pong')
    expect(await read(socket)).toBe('pong')
    const [accepted, header] = server.journal.entries()
    expect(accepted).toMatchObject({ what: 'accepted', detail: { remote: peer } })
    expect(header).toMatchObject({ what: 'proxy-header', detail: { version, source: SOURCE, by: peer, tlvs } })
  })

  test('TLS behind it, in the same packet too', async () => {
    await using server = await listening(mode, { tls })
    const raw = await server.dial()
    raw.cork()
    raw.write(v2(0x21, 0x11, FOUR))
    const secure = connectTls({ socket: raw, rejectUnauthorized: false })
    raw.uncork()
    await once(secure, 'secureConnect')
    expect((await server.next()).remote).toEqual(SOURCE)
    expect(server.journal.entries().map(({ what }) => what)).toEqual([
      'accepted',
      'proxy-header',
      'first-bytes',
      'client-hello',
      'certificate-presented',
      'secure',
    ])
    secure.destroy()
  })

  test.each([
    ['LOCAL', v2(0x20, 0x11, FOUR)],
    ['UNSPEC', v2(0x21, 0x00)],
    ['UNKNOWN', 'PROXY UNKNOWN\r\n'],
  ] as const)('%s names nobody: the far end is the peer', async (_what, header) => {
    await using server = await listening(mode)
    const socket = await server.dial(header, 'ping')
    const connection = await server.next()
    expect(connection.remote).toEqual({ address: '127.0.0.1', port: socket.localPort })
    expect(await read(connection.stream)).toBe('ping')
  })

  test.each([
    ['unreadable', 'PROXY TCP5 1 2 3 4\r\n', 'version 1 as "PROXY TCP5 1 2 3 4"'],
    ['unreadable', `PROXY ${'x'.repeat(200)}`, 'without a line end in its first 107 bytes'],
    ['unreadable', v2(0x21, 0x11, FOUR).fill(0xff, 14, 16), 'announces 65535 bytes'],
    ['unexpected', `${HEADER}${HEADER}`, '127.0.0.1 sent a second one behind the first'],
  ] as const)('%s: %j', async (code, bytes, reason) => {
    await using server = await listening(mode)
    const socket = await server.dial(bytes)
    expect(await server.refusal()).toEqual({ code, reason: expect.stringContaining(reason) })
    await gone(socket)
    expect(server.journal.entries().at(-1)).toMatchObject({ what: 'closed', detail: { code: 'PROXY_HEADER' } })
  })

  test('one that ends too early is truncated', async () => {
    await using server = await listening(mode)
    const socket = await server.dial(HEADER.slice(0, 20))
    socket.end()
    expect(await server.refusal()).toMatchObject({
      code: 'truncated',
      reason: expect.stringContaining('after 20 bytes'),
    })
    await gone(socket)
  })

  test('one that trickles in has no longer than a handshake, and keeps nobody else waiting', async () => {
    await using server = await listening(mode, { handshakeTimeout: 150 })
    const slow = await server.dial('PRO')
    const other = await server.dial(HEADER, 'ping')
    await server.next()
    for (const byte of 'XY TCP4') {
      await sleep(15)
      slow.write(byte)
    }
    expect(await server.refusal()).toMatchObject({ code: 'truncated', reason: expect.stringContaining('0.15 s') })
    await gone(slow)
    other.destroy()
  })

  test('from whom no header is believed, none is', async () => {
    await using server = await listening(mode, { trusted: ['192.0.2.0/24'] })
    await gone(await server.dial(HEADER, 'ping'))
    expect(await server.refusal()).toEqual({
      code: 'untrusted',
      reason: '127.0.0.1 sent one, and is not among those whose headers are believed',
    })
  })
})

test.each([['127.0.0.1'], ['192.0.2.1']])('expected, and missing from %s', async trusted => {
  await using server = await listening('expected', { trusted: [trusted] })
  await gone(await server.dial('ping'))
  expect(await server.refusal()).toEqual({ code: 'missing', reason: '127.0.0.1 sent none' })
})

test.each([['127.0.0.1'], ['192.0.2.1']])('optional, and missing: served as ever (%s)', async trusted => {
  await using server = await listening('optional', { trusted: [trusted] })
  const socket = await server.dial('PING')
  const connection = await server.next()
  expect(connection.remote.port).toBe(socket.localPort)
  expect(await read(connection.stream)).toBe('PING')
})

test.each([
  ['plain', {}],
  ['TLS', { tls }],
])('off: a header on a %s port is refused, and said to be one', async (_what, options) => {
  await using server = await listening('off', options)
  await gone(await server.dial(HEADER, 'ping'))
  expect(await server.refusal()).toEqual({
    code: 'unexpected',
    reason: '127.0.0.1 sent one to a port that expects none',
  })
})

test('nothing at all is nobody’s header', async () => {
  await using server = await listening('expected', { handshakeTimeout: 50 })
  const socket = await server.dial()
  await gone(socket)
  expect(server.journal.entries().map(({ what }) => what)).toEqual(['accepted', 'closed'])
})
