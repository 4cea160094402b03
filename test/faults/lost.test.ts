import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { ConnectionOptions, TLSSocket, TlsOptions } from 'node:tls'
import { beforeAll, describe, expect, test } from 'vitest'
import { startMiddlebox } from '../../shared/faults/middlebox.ts'
import type { ServerIdentity } from '../../shared/net/host.ts'
import {
  dialTcp,
  dialTls,
  hears,
  identityFor,
  listenTcp,
  listenTls,
  PLENTY,
  type Responder,
  send,
  toEnd,
} from './kit.ts'

let server: ServerIdentity
let phone: ServerIdentity
beforeAll(async () => {
  server = await identityFor('klserver.lab')
  phone = await identityFor('phone.lab')
})

interface Handshake {
  /** What is told apart by it. */
  name: string
  client?: () => ConnectionOptions
  server?: () => TlsOptions
}

const handshakes: Handshake[] = [
  { name: 'nothing special' },
  {
    name: 'a client certificate',
    client: () => phone,
    server: () => ({ requestCert: true, rejectUnauthorized: false }),
  },
  {
    name: 'a client certificate asked for and not sent',
    server: () => ({ requestCert: true, rejectUnauthorized: false }),
  },
  {
    name: 'a second ClientHello (HelloRetryRequest)',
    client: () => ({ ecdhCurve: 'X25519:P-384:P-256' }),
    server: () => ({ ecdhCurve: 'P-384:P-256' }),
  },
  { name: 'a SHA-256 Finished', client: () => ({ ciphers: 'TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256' }) },
]

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', version => {
  const only = { minVersion: version, maxVersion: version } as const

  describe.each(handshakes)('with $name', handshake => {
    const clientOptions = () => ({ ...only, ...handshake.client?.() })
    const serverOptions = () => ({ ...server, ...handshake.server?.() })

    test('request-lost: both ends finish the handshake, and no byte of the request arrives', async () => {
      await using upstream = await listenTls(serverOptions())
      await requestIsLost(upstream, clientOptions())
    })

    test('reply-lost: the request arrives, and no byte of the reply', async () => {
      await using upstream = await listenTls(serverOptions())
      await replyIsLost(upstream, clientOptions())
    })
  })

  test.each([
    ['request-lost', requestIsLost],
    ['reply-lost', replyIsLost],
  ] as const)('%s: a resumed session', async (_fault, isLost) => {
    await using upstream = await listenTls(server)
    const first = dialTls(upstream.at, only)
    const ticket = once(first, 'session')
    first.resume()
    ;(await upstream.next()).end('so that the ticket comes')
    const [session] = await ticket
    expect(await isLost(upstream, { ...only, session })).toEqual({ resumed: true })
  })
})

async function requestIsLost(
  upstream: Responder<TLSSocket>,
  options: ConnectionOptions,
): Promise<{ resumed: boolean }> {
  const box = await startMiddlebox('request-lost', upstream.at)
  const client = dialTls(box.at, options)
  // Written before the handshake, it leaves in one piece with Finished.
  const request = send(client, 'request')
  const end = await upstream.next()
  const received = toEnd(end)
  await request
  await send(client, PLENTY)
  await send(end, 'the way back is open')
  await hears(client, 'the way back is open')
  const resumed = client.isSessionReused()
  await box.close()
  expect((await received).bytes).toHaveLength(0)
  return { resumed }
}

async function replyIsLost(upstream: Responder<TLSSocket>, options: ConnectionOptions): Promise<{ resumed: boolean }> {
  const box = await startMiddlebox('reply-lost', upstream.at)
  const client = dialTls(box.at, options)
  const [end] = await Promise.all([upstream.next(), once(client, 'secureConnect')])
  const received = toEnd(client)
  await send(client, 'request')
  await hears(end, 'request')
  await send(end, PLENTY)
  const resumed = client.isSessionReused()
  await box.close()
  expect((await received).bytes).toHaveLength(0)
  return { resumed }
}

/** Gives the middlebox time to pass on what it should not: each round goes through it once. */
async function rounds(from: Socket, to: Socket): Promise<void> {
  for (let round = 0; round < 10; round += 1) {
    await send(from, 'still here')
    await hears(to, 'still here')
  }
}

describe('on a plain port', () => {
  test('request-lost: neither bytes nor FIN of the client arrive; what the server says does', async () => {
    await using upstream = await listenTcp()
    const box = await startMiddlebox('request-lost', upstream.at)
    const client = dialTcp(box.at)
    const end = await upstream.next()
    const received = toEnd(end)
    await send(client, PLENTY)
    client.end('and that was all')
    await once(client, 'finish')
    await rounds(end, client)
    expect(end.readableEnded).toBe(false)
    await box.close()
    expect((await received).bytes).toHaveLength(0)
  })

  test('request-lost: a server that hangs up is rid of the connection', async () => {
    await using upstream = await listenTcp()
    await using box = await startMiddlebox('request-lost', upstream.at)
    const client = dialTcp(box.at)
    const end = await upstream.next()
    client.end('request')
    await once(client, 'finish')
    await rounds(end, client)
    end.end()
    expect((await toEnd(client)).end).toBe('fin')
    expect((await toEnd(end)).end).toBe('fin')
  })

  test('reply-lost: the request and its FIN arrive, the banner, the reply and its reset do not', async () => {
    await using upstream = await listenTcp()
    const box = await startMiddlebox('reply-lost', upstream.at)
    const client = dialTcp(box.at)
    const received = toEnd(client)
    const end = await upstream.next()
    await send(end, '220 ready')
    await send(client, 'request')
    await hears(end, 'request')
    await send(end, PLENTY)
    end.resetAndDestroy()
    await once(end, 'close')
    await send(client, PLENTY)
    expect(client.destroyed || client.readableEnded).toBe(false)
    await box.close()
    expect((await received).bytes).toHaveLength(0)
  })

  test('reply-lost: a client that hangs up after the server is let go', async () => {
    await using upstream = await listenTcp()
    await using box = await startMiddlebox('reply-lost', upstream.at)
    const client = dialTcp(box.at)
    const end = await upstream.next()
    end.end('reply')
    await once(end, 'finish')
    await rounds(client, end)
    expect(client.readableEnded).toBe(false)
    client.end()
    expect(await toEnd(client)).toEqual({ bytes: Buffer.alloc(0), end: 'fin' })
  })

  test('reply-lost: a client that hangs up before the server is let go', async () => {
    await using upstream = await listenTcp()
    await using box = await startMiddlebox('reply-lost', upstream.at)
    const client = dialTcp(box.at)
    client.end('request')
    const end = await upstream.next()
    expect(await toEnd(end)).toEqual({ bytes: Buffer.from('request'), end: 'fin' })
    end.end('reply')
    expect(await toEnd(client)).toEqual({ bytes: Buffer.alloc(0), end: 'fin' })
  })
})

test('a handshake that fails is passed on, not lost', async () => {
  await using upstream = await listenTls({ ...server, minVersion: 'TLSv1.3' })
  for (const fault of ['request-lost', 'reply-lost'] as const) {
    await using box = await startMiddlebox(fault, upstream.at)
    const { end } = await toEnd(dialTls(box.at, { maxVersion: 'TLSv1.2' }))
    expect(end).toMatch(/PROTOCOL_VERSION/)
  }
})
