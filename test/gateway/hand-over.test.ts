/** A session that is left after its welcome: the bytes behind it belong to whoever takes the connection over. */
import { duplexPair } from 'node:stream'
import { expect, test } from 'vitest'
import type { Connection } from '../../shared/net/host.ts'
import { SessionServer } from '../../shared/net/serve-sessions.ts'
import { Session } from '../../shared/net/session.ts'
import { encodeFrame, type WireMap } from '../../shared/wire/frame.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'
import { network, queue } from '../net/kit.ts'
import { hello as agentHello, log, welcome, wire } from '../session/kit.ts'

const hello: Messages['hello'] = { ...agentHello, role: 'data' }
const frame = (message: object) => encodeFrame(message as WireMap)
/** Bytes that no reader of frames would take: a ClientHello begins so. */
const RAW = Buffer.concat([Buffer.from([0x16, 0x03, 0x01]), Buffer.alloc(70_000, 0xff)])

async function take(stream: Connection['stream'], length: number): Promise<Buffer> {
  let bytes = Buffer.alloc(0)
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    bytes = Buffer.concat([bytes, chunk as Buffer])
    if (bytes.length >= length) break
  }
  return bytes
}

const begin = () => {
  const { connection, peer } = wire('initiator')
  return { connection, peer, session: new Session(connection, { onMessage: () => {} }) }
}

test.each([
  ['in one piece with the welcome', (bytes: Buffer) => [bytes]],
  ['byte by byte at the seam', cutAround],
  [
    'after the welcome',
    (bytes: Buffer) => [bytes.subarray(0, frame(welcome).length), bytes.subarray(frame(welcome).length)],
  ],
])('an initiator leaves every byte, where they come %s', async (_, pieces) => {
  const { connection, peer, session } = begin()
  const greeting = session.greetAndHandOver(hello)
  await peer.next()
  for (const piece of pieces(Buffer.concat([frame(welcome), RAW]))) peer.write(piece)
  expect(await greeting).toEqual(welcome)
  expect(await session.closed).toBe('done')
  expect(RAW.equals(await take(connection.stream, RAW.length))).toBe(true)
  expect(connection.stream.destroyed).toBe(false)
  connection.stream.write(frame({ type: 'pong', id: 1 }))
  expect(await peer.next(), 'the way back is open').toEqual({ type: 'pong', id: 1 })
})

function cutAround(bytes: Buffer): Buffer[] {
  const end = frame(welcome).length
  const [from, to] = [end - 3, end + 3]
  return [bytes.subarray(0, from), ...[...bytes.subarray(from, to)].map(byte => Buffer.of(byte)), bytes.subarray(to)]
}

test('the session owns nothing any more: no time-out ends what it left', async () => {
  const { connection, peer } = wire('initiator')
  const session = new Session(connection, { readTimeout: 30, onMessage: () => {} })
  const greeting = session.greetAndHandOver(hello)
  await peer.next()
  peer.send(welcome)
  await greeting
  await new Promise(resolve => setTimeout(resolve, 100))
  await session.close('stopping')
  peer.write(Buffer.from('late'))
  expect(String(await take(connection.stream, 4))).toBe('late')
  expect(connection.stream.writableEnded).toBe(false)
})

test.each([
  ['an error', { type: 'error', code: 'no-invitation', message: 'used' }, 'no-invitation'],
  ['another message than welcome', { type: 'ping', id: 1 }, 'CLOSED'],
])('%s instead of a welcome hands nothing over', async (_, answer, code) => {
  const { connection, peer, session } = begin()
  const greeting = session.greetAndHandOver(hello)
  const rejected = expect(greeting).rejects.toMatchObject({ code })
  await peer.next()
  peer.send(answer)
  await rejected
  peer.stream.end()
  await session.closed
  expect(connection.stream.writableEnded).toBe(true)
})

test('a responder sends its welcome first, and then hands over, with what came behind the hello', async () => {
  const taken = queue<Connection>()
  const server = new SessionServer<null>({
    roles: { data: {} },
    welcome: async () => ({ welcome, context: null, takeOver: taken.put }),
    readTimeout: 30,
    log,
  })
  const { connection, peer } = wire('responder')
  server.accept(connection)
  peer.write(Buffer.concat([frame(hello), RAW]))
  expect(await peer.next()).toEqual(welcome)
  const handed = await taken.next()
  expect(handed).toBe(connection)
  expect(RAW.equals(await take(handed.stream, RAW.length))).toBe(true)
  expect(server.size, 'it is no session of this server any more').toBe(0)
  await new Promise(resolve => setTimeout(resolve, 100))
  await server.stop()
  expect(handed.stream.writableEnded).toBe(false)
})

test('over real TCP: welcome and more in one segment', async () => {
  await using net = network()
  const { next } = await net.listen(13000)
  const connection = await net.client.dial({ host: 'server', port: 13000 })
  const session = new Session(connection, { onMessage: () => {} })
  const greeting = session.greetAndHandOver(hello)
  const served = await next()
  served.stream.write(Buffer.concat([frame(welcome), RAW]))
  served.stream.resume()
  await greeting
  expect(RAW.equals(await take(connection.stream, RAW.length))).toBe(true)
  connection.close('reset')
})

test('a stream that ends at the welcome ends for who takes over, too', async () => {
  const [near, far] = duplexPair()
  const { connection } = wire('initiator')
  const session = new Session({ ...connection, stream: near }, { onMessage: () => {} })
  const greeting = session.greetAndHandOver(hello)
  far.resume()
  far.end(frame(welcome))
  await greeting
  expect(await take(near, 1)).toHaveLength(0)
  expect(near.writableEnded).toBe(false)
})
