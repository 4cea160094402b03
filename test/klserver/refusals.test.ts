/** Input that nobody can accept: one clear error, a close, a line in the journal, and nobody else is harmed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { encodeFrame, LONGEST_FRAME } from '../../shared/wire/frame.ts'
import { agent, dial, hello, newNonce, noted, startServer, sync, works } from './kit.ts'

let lab: Lab
beforeAll(async () => {
  lab = await startServer()
})
afterAll(() => lab.stop())

const frame = (body: Uint8Array, length = body.length): Buffer => {
  const header = Buffer.alloc(4)
  header.writeUInt32BE(length)
  return Buffer.concat([header, body])
}
const list = { type: 'list-devices', id: 1, nonce: 'a-nonce-of-a-list' }
const nested = (depth: number): Buffer => Buffer.alloc(depth, 0x91)

/** name, what is written, after a hello?, the code, words of the message */
const cases: [string, Buffer, 'first' | 'open', string, string][] = [
  [
    '4 GiB announced',
    frame(Buffer.alloc(0), 0xffff_ffff),
    'first',
    'frame-too-large',
    'a frame of 4294967295 bytes is announced',
  ],
  [
    '1 MiB and a byte',
    frame(Buffer.alloc(LONGEST_FRAME + 1)),
    'open',
    'frame-too-large',
    'at most 1048576 are accepted',
  ],
  ['a frame of no bytes', frame(Buffer.alloc(0)), 'open', 'frame-empty', 'a MessagePack map is expected'],
  ['no MessagePack', frame(Buffer.of(0xc1, 0xff, 0x00)), 'open', 'not-messagepack', '3 bytes that are not MessagePack'],
  ['a truncated map', frame(encodeFrame(sync()).subarray(4, -3)), 'open', 'not-messagepack', 'not MessagePack'],
  ['1 MiB of nested arrays', frame(nested(LONGEST_FRAME)), 'open', 'not-messagepack', 'not MessagePack'],
  ['a list', frame(Buffer.of(0x91, 0x01)), 'open', 'not-a-map', 'not a map'],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: klserver\r\n\r\n'), 'first', 'frame-too-large', 'at most 1048576'],
  [
    'an unknown message',
    encodeFrame({ type: 'reboot', id: 1 }),
    'open',
    'unknown-message',
    'no message is called "reboot"; known are hello,',
  ],
  ['a map without type', encodeFrame({ id: 1 }), 'open', 'unknown-message', 'no string "type"'],
  ['a key of the prototype', encodeFrame({ type: 'constructor' }), 'open', 'unknown-message', '"constructor"'],
  [
    'a schema refuses',
    encodeFrame({ ...sync(), applications: 'many' }),
    'open',
    'bad-message',
    'sync.applications: must be a list',
  ],
  [
    'an application without version',
    encodeFrame({ ...sync(), applications: [{ name: 'x' }] }),
    'open',
    'bad-message',
    'sync.applications.0.version: is missing',
  ],
  [
    'a short nonce',
    encodeFrame({ ...hello(), nonce: 'short' }),
    'first',
    'bad-message',
    'hello.nonce: must not have fewer than 8 characters',
  ],
  ['another protocol', encodeFrame({ ...hello(), protocol: 2 }), 'first', 'bad-message', 'hello.protocol: must be 1'],
  ['an unknown role', encodeFrame({ ...hello(), role: 'phone' }), 'first', 'bad-message', 'hello.role'],
  ['another port’s role', encodeFrame({ ...hello(), role: 'console' }), 'first', 'role-refused', 'welcome here: agent'],
  [
    'an agent without an id',
    encodeFrame({ ...hello(), agentId: undefined }),
    'first',
    'bad-hello',
    'a Network Agent gives its agentId (a GUID)',
  ],
  [
    'a message of another role',
    encodeFrame(list),
    'open',
    'message-refused',
    'list-devices is not for this role; it may send sync, event, decline, wake-up-request, wait-for-contact, hold, ping',
  ],
  [
    'an answer that nobody asked for',
    encodeFrame({ type: 'pong', id: 1 }),
    'open',
    'message-refused',
    'pong is not for this role',
  ],
  ['a sync first', encodeFrame(sync()), 'first', 'hello-expected', 'the first message must be hello, not sync'],
  ['a second hello', encodeFrame({ ...hello() }), 'open', 'out-of-order', 'hello in an open session'],
]

describe.each([13000, 14000])('on %i', port => {
  it.each(cases)('%s', async (_name, bytes, when, code, words) => {
    using other = await agent(lab, port)
    const before = noted(lab, 'message-refused').length
    using stranger = when === 'open' ? await agent(lab, port) : await dial(lab, port)
    stranger.write(bytes)
    // What comes after must not be read as anything.
    stranger.send(sync(99))
    expect(await stranger.rest()).toEqual([{ type: 'error', code, message: expect.stringContaining(words) }])
    expect(stranger.broken).toBeUndefined()
    const refused = noted(lab, 'message-refused').slice(before)
    expect(refused).toMatchObject([{ host: 'klserver', port, end: 'responder', detail: { code } }])
    expect(refused[0]?.detail.message).toContain(words)
    expect(await works(other)).toBe(true)
  })
})

it('an error of the peer itself ends the session without another error', async () => {
  using stranger = await agent(lab, 14000)
  const before = noted(lab, 'message-refused').length
  stranger.send({ type: 'error', code: 'tired', message: 'no more', nonce: newNonce() })
  expect(await stranger.rest()).toEqual([])
  expect(noted(lab, 'message-refused')).toHaveLength(before)
})
