import { once } from 'node:events'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { type Fault, NOBODY_LISTENS } from '../../shared/faults/fault.ts'
import { type MiddleboxOptions, startMiddlebox } from '../../shared/faults/middlebox.ts'
import { type FaultName, faults } from '../../shared/faults/registry.ts'
import type { ServerIdentity } from '../../shared/net/host.ts'
import { dialTcp, dialTls, identityFor, listenTcp, listenTls, sockets, toEnd } from './kit.ts'

const all = Object.entries<Fault>(faults) as [FaultName, Fault][]
const relays = all.filter(([, { tcp }]) => tcp !== NOBODY_LISTENS).map(([name]) => name)
let identity: ServerIdentity
beforeAll(async () => {
  identity = await identityFor('box.lab')
})

const anywhere = { address: '127.0.0.1', port: 9 }

test.each(all)('%s tells in a sentence what each end sees', (_name, { seen }) => {
  for (const sentence of [seen.initiator, seen.responder]) expect(sentence).toMatch(/^[A-Z].+\.$/)
})

describe.each(relays)('%s', name => {
  test.each(['tls', 'plain', 'idle'] as const)(
    'close() ends a live connection (%s), both ways, and leaves no handle',
    async kind => {
      const before = sockets()
      {
        await using upstream = kind === 'tls' ? await listenTls(identity) : await listenTcp()
        const box = await startMiddlebox(name, upstream.at, { identity, elsewhere: upstream.at })
        const client = kind === 'tls' ? dialTls(box.at) : dialTcp(box.at)
        const ended = toEnd(client)
        if (kind !== 'idle') client.write('hello')
        await vi.waitUntil(() => box.connections === 1, { interval: 1 })
        await box.close()
        await ended
        await expect(once(dialTcp(box.at).removeAllListeners('error'), 'connect')).rejects.toThrow('ECONNREFUSED')
        client.destroy()
      }
      await vi.waitUntil(() => sockets().length <= before.length, { interval: 1 })
      expect(sockets()).toEqual(before)
    },
  )
})

test('refused leaves no handle', async () => {
  const before = sockets()
  for (const transport of ['tcp', 'udp'] as const)
    await (await startMiddlebox('refused', anywhere, { transport })).close()
  await vi.waitUntil(() => sockets().length <= before.length, { interval: 1 })
  expect(sockets()).toEqual(before)
})

test('connections are counted', async () => {
  await using upstream = await listenTcp()
  await using box = await startMiddlebox('delivered', upstream.at)
  expect(box.fault).toBe('delivered')
  for (const count of [1, 2, 3]) {
    dialTcp(box.at)
    await upstream.next()
    expect(box.connections).toBe(count)
  }
})

test.each([
  ['delivered', 'tcp'],
  ['delivered', 'udp'],
  ['refused', 'tcp'],
  ['refused', 'udp'],
] as const)(
  '%s over %s: close() may be called again, at once and later, and disposal is the same',
  async (fault, transport) => {
    const box = await startMiddlebox(fault, anywhere, { transport })
    await Promise.all([box.close(), box.close(), box[Symbol.asyncDispose]()])
    await box.close()
  },
)

test('stands where it is told to', async () => {
  await using upstream = await listenTcp()
  const { at } = await startMiddlebox('delivered', upstream.at).then(async box => {
    await box.close()
    return box
  })
  await using again = await startMiddlebox('delivered', upstream.at, at)
  expect(again.at).toEqual(at)
  await expect(startMiddlebox('silent', upstream.at, at)).rejects.toThrow(
    `the middlebox "silent" cannot listen on 127.0.0.1:${at.port}/tcp: the port is held by`,
  )
})

const refusals: [string, string, MiddleboxOptions & { upstream?: number }, string][] = [
  ['an unknown fault', 'colsed', {}, 'There is no fault "colsed". Faults: delivered, refused, silent, closed,'],
  ['a name every object has', 'toString', {}, 'There is no fault "toString"'],
  [
    'a fault that means nothing for UDP',
    'closed',
    { transport: 'udp' },
    'The fault "closed" means nothing for udp. Faults for udp: delivered, refused, wrong-responder, request-lost, reply-lost.',
  ],
  ['another transport', 'delivered', { transport: 'sctp' as 'udp' }, 'There is no transport "sctp"'],
  ['no elsewhere', 'wrong-responder', {}, 'The fault "wrong-responder" needs options.elsewhere'],
  ['no identity', 'plaintext-arrived', {}, 'The fault "plaintext-arrived" ends TLS and needs options.identity'],
  ['no identity', 'tls-intercepted', {}, 'The fault "tls-intercepted" ends TLS and needs options.identity'],
  ['no PEM', 'tls-intercepted', { identity: { cert: 'x', key: 'y' } }, 'cannot use options.identity ('],
  [
    'an unknown alert',
    'tls-refused',
    { alert: 'oops' as 'protocol_version' },
    'knows no alert "oops". Alerts: handshake_failure,',
  ],
  [
    'an upstream without a port',
    'delivered',
    { upstream: 0 },
    'upstream.port is 0; it must be a whole number from 1 to 65535.',
  ],
  [
    'elsewhere beyond the ports',
    'wrong-responder',
    { elsewhere: { address: '127.0.0.1', port: 65536 } },
    'options.elsewhere.port is 65536;',
  ],
  ['a negative count', 'stalled', { after: -1 }, 'options.after is -1;'],
  ['half a port', 'delivered', { port: 0.5 }, 'options.port is 0.5;'],
]

test.each(refusals)('refuses %s (%s)', async (_what, fault, { upstream = 9, ...options }, message) => {
  const before = sockets()
  await expect(startMiddlebox(fault as FaultName, { ...anywhere, port: upstream }, options)).rejects.toThrow(message)
  expect(sockets()).toEqual(before)
})
