/** Several sessions of one service: input that nobody can accept ends one of them, and the others live on. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { answerPing } from '../../shared/net/answer-ping.ts'
import { NetError } from '../../shared/net/errors.ts'
import { SessionServer } from '../../shared/net/serve-sessions.ts'
import { encodeFrame, LONGEST_FRAME } from '../../shared/wire/frame.ts'
import { frame, hello, log, type Peer, welcome, wire } from './kit.ts'

let service: SessionServer<null>
let other: Peer
beforeEach(async () => {
  service = new SessionServer<null>({
    log,
    helloTimeout: 5_000,
    roles: {
      agent: {
        ping: answerPing,
        sync: () => {
          throw new NetError('not-now', 'later')
        },
        event: () => {
          throw new Error('a secret of the service')
        },
      },
    },
    welcome: async ({ host }) => {
      if (host === 'nobody') throw new NetError('unknown-host', 'nobody is not known here')
      if (host === 'trouble') throw new Error('a secret of the service')
      return { welcome, context: null }
    },
  })
  other = connect().peer
  expect(await other.ask(hello)).toEqual(welcome)
})

/** Whatever a test did: the other session still gets its answers. */
afterEach(async () => {
  expect(await other.ask({ type: 'ping', id: 7, nonce: 'nonce-of-a-ping' })).toEqual({
    type: 'pong',
    id: 7,
    nonce: 'nonce-of-a-ping',
  })
  expect(service.size).toBe(1)
  const rest = other.rest()
  await service.stop()
  expect(await rest).toEqual([])
  expect(service.size).toBe(0)
})

function connect() {
  const { connection, peer, journal } = wire('responder')
  service.accept(connection)
  const ended = new Promise(resolve => connection.stream.once('close', resolve))
  return { peer, journal, ended }
}

const bad: [what: string, bytes: Buffer, code: string][] = [
  ['a frame of 4 GiB', frame(Buffer.alloc(0), 0xffff_ffff), 'frame-too-large'],
  ['a frame of 1 MiB and a byte', frame(Buffer.alloc(0), LONGEST_FRAME + 1), 'frame-too-large'],
  ['an empty frame', frame(Buffer.alloc(0)), 'frame-empty'],
  ['no MessagePack', frame(Buffer.of(0xc1, 0xff, 0x00)), 'not-messagepack'],
  ['a list', frame(Buffer.of(0x90)), 'not-a-map'],
  ['an unknown message', encodeFrame({ type: 'reboot', id: 1 }), 'unknown-message'],
  ['a message with a wrong key', encodeFrame({ type: 'ping', id: 'one' }), 'bad-message'],
  ['a message of another role', encodeFrame({ type: 'list-devices', id: 1, nonce: 'of-a-list' }), 'message-refused'],
]

test.each(bad)('%s: one error, then the end', async (_what, bytes, code) => {
  const { peer, journal, ended } = connect()
  expect(await peer.ask(hello)).toEqual(welcome)
  peer.write(bytes)
  peer.send({ type: 'ping', id: 1 })
  expect(await peer.rest()).toEqual([{ type: 'error', code, message: expect.stringMatching(/\w/) }])
  await ended
  const refused = journal.entries().filter(({ what }) => what === 'message-refused')
  expect(refused).toMatchObject([{ detail: { code } }])
})

test.each(bad.filter(([, , code]) => code !== 'message-refused'))(
  '%s instead of hello, too',
  async (_, bytes, code) => {
    const { peer, ended } = connect()
    peer.write(bytes)
    expect(await peer.rest()).toMatchObject([{ type: 'error', code }])
    await ended
  },
)

test.each([
  ['a role that is not welcome', { ...hello, role: 'console' }, 'role-refused', 'welcome here: agent'],
  ['a hello that the service refuses', { ...hello, host: 'nobody' }, 'unknown-host', 'nobody is not known here'],
  ['a hello at which the service fails', { ...hello, host: 'trouble' }, 'internal', 'its log says why'],
])('%s is refused in words', async (_, message, code, words) => {
  const { peer, ended } = connect()
  peer.send(message, { type: 'ping', id: 1 })
  expect(await peer.rest()).toEqual([{ type: 'error', code, message: expect.stringContaining(words) }])
  await ended
})

test('a request that fails is answered with its id and nonce, and the session goes on', async () => {
  const { peer, ended } = connect()
  await peer.ask(hello)
  const nonce = 'nonce-of-a-request'
  expect(await peer.ask({ type: 'sync', id: 3, nonce, applications: [] })).toEqual({
    type: 'error',
    code: 'not-now',
    message: 'later',
    id: 3,
    nonce,
  })
  const event = { type: 'event', id: 4, nonce, eventId: crypto.randomUUID(), at: 1, severity: 1, kind: 'x', text: 'y' }
  expect(await peer.ask(event)).toMatchObject({
    code: 'internal',
    id: 4,
    message: 'the service failed; its log says why',
  })
  expect(await peer.ask({ type: 'ping', id: 5 })).toEqual({ type: 'pong', id: 5 })
  peer.stream.end()
  void peer.rest()
  await ended
})

test('a hello byte by byte, and many messages in one piece', async () => {
  const { peer, ended } = connect()
  for (const byte of encodeFrame(hello)) peer.write(Buffer.of(byte))
  expect(await peer.next()).toEqual(welcome)
  const ids = Array.from({ length: 100 }, (_, id) => id)
  peer.send(...ids.map(id => ({ type: 'ping', id })))
  peer.stream.end()
  expect(await peer.rest()).toEqual(ids.map(id => ({ type: 'pong', id })))
  await ended
})
