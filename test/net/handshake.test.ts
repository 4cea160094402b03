/** Handshakes that come to nothing, and what becomes of those who speak something else. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { expect, test } from 'vitest'
import { identityFor, network, read, seen, words } from './kit.ts'

const first = await identityFor('server.test')
const at = { host: 'server', port: 13000 }

test('a client that leaves amid the handshake is seen at once; one that half closes later still gets its answer', async () => {
  await using net = network()
  const listener = await net.listen(13000, { tls: first })
  const hello = await clientHello()
  const leaving = connect(listener.at.port, listener.at.address).resume()
  leaving.end(hello)
  expect((await seen(net.journals.server, 'tls-failed')).detail).toMatchObject({ code: 'CLOSED', alert: null })

  const asking = connectTls({ ...anyone(listener.at), ...{ allowHalfOpen: true } })
  asking.end('question')
  const responder = await listener.next()
  expect(await read(responder.stream)).toBe('question')
  await once(responder.stream.resume(), 'end')
  await new Promise(resolve => setTimeout(resolve, 20))
  responder.stream.write('answer')
  expect(await read(asking)).toBe('answer')
  asking.destroy()
})

test('a TLS version that is not spoken here fails at both ends, at the initiator with the alert', async () => {
  await using net = network()
  const listener = await net.listen(13000, { tls: first })
  const old = connectTls({ ...anyone(listener.at), minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' })
  const [error] = await once(old, 'error')
  expect(error.code).toMatch(/^ERR_SSL_/)
  expect((await seen(net.journals.server, 'tls-failed')).detail.code).toMatch(/^ERR_SSL_/)
})

test.each([
  ['HTTP', 'GET / HTTP/1.1\r\n\r\n', 'plaintext', 'NOT_TLS'],
  ['a PROXY header', 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n', 'proxy-header', 'PROXY_HEADER'],
])('%s to a TLS port is journalled and answered with a FIN', async (_, text, kind, code) => {
  await using net = network()
  const listener = await net.listen(13000, { tls: first })
  const stranger = connect(listener.at.port, listener.at.address)
  stranger.write(text)
  expect(await read(stranger)).toBe('')
  const entries = net.journals.server.entries().filter(({ what }) => what !== 'proxy-header-refused')
  expect(entries).toMatchObject([
    { what: 'accepted' },
    { what: 'first-bytes', detail: { kind, hex: Buffer.from(text).subarray(0, 16).toString('hex') } },
    { what: 'closed', detail: { how: 'local', code } },
  ])
})

test('TLS to a plain port: the initiator says that no TLS came back', async () => {
  await using net = network()
  const listener = await net.listen(13000)
  const dialling = net.client.dial(at, { tls: { rule: () => null } })
  const responder = await listener.next()
  responder.stream.write('220 this is no TLS at all\r\n')
  await expect(dialling).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_SSL_/) })
  expect((await seen(net.journals.server, 'first-bytes')).detail.kind).toBe('tls')
  expect(words(net.journals.client).at(-1)).toBe('tls-failed')
})

test.each(['fin', 'rst'] as const)('%s instead of a ServerHello is told apart', async how => {
  await using net = network()
  const listener = await net.listen(13000)
  const dialling = net.client.dial(at, { tls: { rule: () => null } })
  const responder = await listener.next()
  if (how === 'fin') responder.close()
  else responder.close('reset')
  const code = how === 'fin' ? 'CLOSED' : 'ECONNRESET'
  await expect(dialling).rejects.toMatchObject({ code })
  expect((await seen(net.journals.client, 'tls-failed')).detail).toMatchObject({ code, alert: null })
})

test('a handshake that stands still is ended after its time', async () => {
  await using net = network()
  const listener = await net.listen(13000, { tls: first, handshakeTimeout: 80 })
  const stranger = connect(listener.at.port, listener.at.address).resume()
  stranger.write(await clientHello())
  await once(stranger, 'close')
  expect((await seen(net.journals.server, 'tls-failed')).detail.code).toBe('TIMEOUT')
})

const anyone = ({ address, port }: { address: string; port: number }) => ({
  host: address,
  port,
  rejectUnauthorized: false,
  ciphers: 'DEFAULT@SECLEVEL=0',
})

/** The first flight of a real client. */
async function clientHello(): Promise<Buffer> {
  await using net = network()
  const listener = await net.listen(13000)
  void net.client.dial(at, { tls: { rule: () => null } }).catch(() => {})
  const { stream } = await listener.next()
  return (await stream.iterator({ destroyOnReturn: false }).next()).value
}
