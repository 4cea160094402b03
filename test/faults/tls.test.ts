import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { ConnectionOptions } from 'node:tls'
import { beforeAll, describe, expect, test } from 'vitest'
import { startMiddlebox } from '../../shared/faults/middlebox.ts'
import type { ServerIdentity } from '../../shared/net/host.ts'
import { dialTcp, dialTls, hears, identityFor, listenTcp, listenTls, send, toEnd } from './kit.ts'

let server: ServerIdentity
let stranger: ServerIdentity
beforeAll(async () => {
  server = await identityFor('klserver.lab')
  stranger = await identityFor('inspection.box')
})

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', version => {
  const only: ConnectionOptions = { minVersion: version, maxVersion: version }

  test('not-tls: the ClientHello is answered with HTTP', async () => {
    await using upstream = await listenTls(server)
    await using box = await startMiddlebox('not-tls', upstream.at)
    expect((await toEnd(dialTls(box.at, only))).end).toMatch(/ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)/)
    const raw = dialTcp(box.at)
    raw.write('\x16\x03\x01')
    const { bytes, end } = await toEnd(raw)
    expect(bytes.toString()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n(.+\r\n)+\r\n.+\n$/)
    expect(end).toBe('fin')
    expect(upstream.connections).toBe(0)
  })

  test.each([
    [undefined, /HANDSHAKE_FAILURE/],
    ['handshake_failure', /HANDSHAKE_FAILURE/],
    ['protocol_version', /PROTOCOL_VERSION/],
    ['unrecognized_name', /UNRECOGNIZED_NAME/],
  ] as const)('tls-refused: the client is told %s', async (alert, code) => {
    await using upstream = await listenTls(server)
    await using box = await startMiddlebox('tls-refused', upstream.at, alert ? { alert } : {})
    expect((await toEnd(dialTls(box.at, only))).end).toMatch(code)
    expect(upstream.connections).toBe(0)
  })

  test('plaintext-arrived: the inner bytes reach the upstream without TLS, and its answer the client within', async () => {
    await using upstream = await listenTcp()
    await using box = await startMiddlebox('plaintext-arrived', upstream.at, { identity: stranger })
    const client = dialTls(box.at, only)
    client.write('hello in the clear')
    const plain = await upstream.next()
    await hears(plain, 'hello in the clear')
    expect(client.getPeerCertificate().subject.CN).toBe('inspection.box')
    plain.end('not what I speak')
    expect((await toEnd(client)).bytes.toString()).toBe('not what I speak')
  })

  test('tls-intercepted: two handshakes, the stranger’s certificate, both ways relayed', async () => {
    await using upstream = await listenTls({ ...server, ALPNProtocols: ['lab/2', 'lab/1'] })
    await using box = await startMiddlebox('tls-intercepted', upstream.at, { identity: stranger })
    const client = dialTls(box.at, { ...only, servername: 'klserver.lab', ALPNProtocols: ['lab/1', 'lab/2'] })
    await once(client, 'secureConnect')
    const seen = client.getPeerX509Certificate()
    expect(seen?.fingerprint256).toBe(new X509Certificate(stranger.cert).fingerprint256)
    const inner = await upstream.next()
    expect(inner).toMatchObject({ servername: 'klserver.lab', alpnProtocol: 'lab/2' })
    expect(client.alpnProtocol).toBe('lab/2')
    await send(client, 'request')
    await hears(inner, 'request')
    inner.end('reply')
    expect(await toEnd(client)).toEqual({ bytes: Buffer.from('reply'), end: 'fin' })
  })

  test('tls-intercepted: the responder has presented its certificate before the client refuses the other', async () => {
    await using upstream = await listenTls(server)
    await using box = await startMiddlebox('tls-intercepted', upstream.at, { identity: stranger })
    const refusing = dialTls(box.at, { ...only, rejectUnauthorized: true, ca: server.cert })
    expect((await toEnd(refusing)).end).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
    const inner = await upstream.next()
    expect(inner.servername).toBe(false)
    expect(await toEnd(inner)).toMatchObject({ bytes: Buffer.alloc(0) })
  })
})

test.each(['not-tls', 'tls-refused'] as const)('%s: who hangs up without a byte is hung up on', async fault => {
  await using box = await startMiddlebox(fault, { address: '127.0.0.1', port: 9 })
  expect(await toEnd(dialTcp(box.at).end())).toEqual({ bytes: Buffer.alloc(0), end: 'fin' })
})

test('tls-intercepted: who does not speak TLS is reset', async () => {
  await using upstream = await listenTls(server)
  await using box = await startMiddlebox('tls-intercepted', upstream.at, { identity: stranger })
  const client = dialTcp(box.at)
  client.write('GET / HTTP/1.1\r\n\r\n')
  expect((await toEnd(client)).end).toBe('ECONNRESET')
  expect(upstream.connections).toBe(0)
})

test('tls-intercepted and plaintext-arrived: a reset passes through TLS as a reset', async () => {
  await using tls = await listenTls(server)
  await using plain = await listenTcp()
  for (const [fault, upstream] of [
    ['tls-intercepted', tls],
    ['plaintext-arrived', plain],
  ] as const) {
    await using box = await startMiddlebox(fault, upstream.at, { identity: stranger })
    const raw = dialTcp(box.at)
    const client = dialTls(box.at, { socket: raw })
    client.write('x')
    const inner = await upstream.next()
    await hears(inner, 'x')
    const seen = toEnd(inner)
    raw.resetAndDestroy()
    expect((await seen).end).toBe('ECONNRESET')
  }
})
