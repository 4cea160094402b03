import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeMap, encodeMap, type WireMap } from '../../shared/wire/frame.ts'
import { MessageError, readMessage } from '../../shared/wire/messages/index.ts'

const protocol = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8')

/** The rows of the table in section 3: the types in the first column, the required and the optional keys in the second. */
const documented = protocol
  .slice(protocol.indexOf('## 3. Messages'), protocol.indexOf('### Do not disconnect'))
  .split('\n')
  .filter(line => line.startsWith('| `') && !line.startsWith('| `type`'))
  .flatMap(row => {
    const [, types = '', keys = ''] = row.split('|')
    const kinds = [...types.matchAll(/`([a-z-]+)`/g)].map(([, type]) => type ?? '')
    // `a` / `b` share a row: their keys are set apart by a slash too, where they differ.
    const columns = keys.split(' / ')
    return kinds.map((type, index) => ({ type, keys: keysIn(columns[index] ?? keys) }))
  })

/** `name`, `name`?; what stands in brackets is inside a key. */
function keysIn(column: string) {
  const outer = column.replace(/[[{(][^\]})]*[\]})]/g, '')
  return [...outer.matchAll(/`([A-Za-z]+)`(\?)?/g)].map(([, name = '', mark]) => ({ name, optional: mark === '?' }))
}

const GUID = '01234567-89ab-cdef-0123-456789abcdef'
const nonce = 'exercise-1'
const samples: Record<string, WireMap> = {
  hello: { protocol: 1, role: 'agent', host: 'agent-1', version: '14.2', nonce },
  welcome: { host: 'klserver', version: '14.2', nonce, keep: 'granted' },
  sync: { id: 1, nonce, applications: [{ name: 'KES', version: '12.1' }] },
  synced: { id: 1, nonce, policies: [{ id: 'p', name: 'P', revision: 1 }], tasks: [] },
  event: { id: 1, nonce, eventId: GUID, at: 1, severity: 4, kind: 'virus', text: '' },
  stored: { id: 1, nonce, eventId: GUID, known: false },
  enrol: { id: 1, nonce, user: 'alice', request: 'PEM' },
  enrolled: { id: 1, nonce, certificate: 'PEM', validTo: 1 },
  'push-token': { id: 1, nonce, kind: 'fcm', token: 'a-token' },
  'list-devices': { id: 1, nonce },
  devices: { id: 1, nonce, devices: [] },
  'report-devices': { id: 1, nonce, devices: [] },
  noted: { id: 1, nonce },
  'rename-device': { id: 1, nonce, hostId: GUID, name: 'new' },
  renamed: { id: 1, nonce, hostId: GUID, name: 'new' },
  'list-groups': { id: 1, nonce },
  groups: {
    id: 1,
    nonce,
    groups: [
      { groupId: 0, name: 'Managed devices' },
      { groupId: 3, name: 'Office', parentId: 0 },
    ],
  },
  'add-group': { id: 1, nonce, name: 'Office', parentId: 0 },
  'group-added': { id: 1, nonce, groupId: 3 },
  'synchronise-device': { id: 1, nonce, hostId: GUID },
  'device-synchronised': { id: 1, nonce, hostId: GUID },
  'move-device': { id: 1, nonce, hostId: GUID, groupId: 0 },
  moved: { id: 1, nonce, hostId: GUID, groupId: 0 },
  'revoke-certificates': { id: 1, nonce, hostId: GUID },
  revoked: { id: 1, nonce, hostId: GUID },
  activate: { id: 1, nonce, product: 'KES' },
  activated: { id: 1, nonce, product: 'KES', validTo: 1, forwardedTo: 'kaspersky' },
  'reputation-request': { id: 1, nonce, sha256: 'ab'.repeat(32) },
  reputation: { id: 1, nonce, sha256: 'ab'.repeat(32), reputation: 'unknown', answeredFrom: 'cache' },
  'status-request': { id: 1, nonce },
  status: { id: 1, nonce, server: 'klserver' },
  invite: { invitation: GUID, from: { address: '203.0.113.101', port: 50_000 } },
  decline: { invitation: GUID, reason: 'the Server is stopping' },
  'invitation-request': { id: 1, nonce },
  invitation: { id: 1, nonce, invitation: GUID },
  'list-packages': { id: 1, nonce },
  packages: { id: 1, nonce, packages: [{ name: 'agent.bin', bytes: 1, sha256: 'a'.repeat(64) }] },
  'get-piece': { id: 1, package: 'agent.bin', from: 0, length: 1 },
  piece: { id: 1, bytes: Buffer.of(7) },
  multicast: {
    nonce,
    transfer: Buffer.alloc(16),
    package: 'agent.bin',
    bytes: 1,
    sha256: 'a'.repeat(64),
    pieces: 1,
    key: Buffer.alloc(32),
  },
  joined: { id: 1, nonce },
  'multicast-over': { transfer: Buffer.alloc(16) },
  collected: { id: 1, nonce, received: 0, outcome: 'nothing' },
  'wake-up-request': { id: 1, nonce, target: 'agent-1' },
  'wake-up-sealed': { id: 1, nonce, datagram: Buffer.of(7) },
  'wait-for-contact': { id: 1, nonce },
  woken: { id: 1, nonce },
  hold: { id: 1, nonce, span: 60_000, patience: 9_000 },
  held: { id: 1, nonce },
  push: { nonce, agentId: GUID },
  call: { nonce },
  tunnel: { tunnel: GUID, port: 8000 },
  ping: { id: 1 },
  pong: { id: 1 },
  error: { code: 'internal', message: 'the service failed' },
}
const sample = (type: string, more: WireMap = {}): WireMap => ({ type, ...samples[type], ...more })

function refusal(map: WireMap): MessageError {
  try {
    readMessage(map)
  } catch (error) {
    if (error instanceof MessageError) return error
    throw error
  }
  throw new Error('a MessageError was to be thrown')
}

/** Every name that the code knows: it lists them where it refuses one. */
const known = refusal({ type: 'nobody' })
  .message.replace(/^.*known are /, '')
  .split(', ')

describe('the messages of docs/protocol.md section 3', () => {
  it('are those that the code knows, and no others', () => {
    expect(documented.map(({ type }) => type).sort()).toEqual(known.sort())
  })

  it.each(documented)('$type: accepted whole, and after a trip over the wire', ({ type }) => {
    const message = sample(type)
    expect(readMessage(decodeMap(encodeMap(message)))).toEqual(message)
  })

  it.each(documented)('$type: no key beside the optional ones can be left out', ({ type, keys }) => {
    expect(keys.length).toBeGreaterThan(0)
    for (const { name, optional } of keys) {
      const { [name]: _left, ...rest } = sample(type)
      if (optional) expect(() => readMessage(rest), name).not.toThrow()
      else expect(refusal(rest), name).toMatchObject({ code: 'bad-message', message: expect.stringContaining(name) })
    }
  })

  it.each(documented)('$type: every key is looked at, and named where it is refused', ({ type, keys }) => {
    for (const { name } of keys) {
      const error = refusal(sample(type, { [name]: { not: 'this' } }))
      expect(error.code).toBe('bad-message')
      expect(error.message).toMatch(new RegExp(`^${type}\\.${name}(\\..+)?: .+`))
    }
  })

  it.each(documented)('$type: keys that a later version may add are ignored', ({ type }) => {
    expect(() => readMessage(sample(type, { inventedLater: [1, { two: 3 }] }))).not.toThrow()
  })
})

describe('readMessage', () => {
  it.each(['', 'Hello', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'x'.repeat(10_000)])(
    'knows no message %j',
    type => {
      const error = refusal({ type })
      expect(error.code).toBe('unknown-message')
      expect(error.message).toContain('known are hello')
      expect(error.message.length).toBeLessThan(800)
    },
  )

  it.each([undefined, null, 7, ['hello'], { toString: () => 'hello' }])('refuses a type that is no text: %j', type => {
    expect(refusal({ type })).toMatchObject({
      code: 'unknown-message',
      message: expect.stringContaining('no string "type"'),
    })
  })

  it('names a key inside a list', () => {
    const error = refusal(
      sample('sync', {
        applications: [
          { name: 'KES', version: '12' },
          { name: 7, version: '1' },
        ],
      }),
    )
    expect(error.message).toMatch(/^sync\.applications\.1\.name: .*string/)
  })

  it.each([
    ['role', 'root', '"agent" or "console" or'],
    ['nonce', 'short', '8'],
    ['nonce', 'x'.repeat(65), '64'],
    ['protocol', 2, 'must be 1'],
    ['agentId', 'no-guid', 'pattern'],
  ])('says what is accepted for hello.%s', (key, value, expected) => {
    const error = refusal(sample('hello', { [key]: value }))
    expect(error.message).toMatch(new RegExp(`^hello\\.${key}: `))
    expect(error.message).toContain(expected)
  })

  it('refuses a time that no Date can hold: whoever shows it later would fail', () => {
    expect(refusal(sample('event', { at: 1e300 })).message).toMatch(/^event\.at: /)
    expect(() => readMessage(sample('event', { at: 8.64e15 }))).not.toThrow()
  })
})
