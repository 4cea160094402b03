/** Two connections joined by a carrier, on real sockets: what one end does is what the other end sees. */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls, TLSSocket } from 'node:tls'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { bulk as buffers, common } from '../../shared/net/carry/buffers.ts'
import { type Carried, type CarryLeg, carry } from '../../shared/net/carry.ts'
import { identityFor } from './kit.ts'

/** Of the buffers for bulk, as many are lent. */
const MOST = 16

const accepted: ((socket: Socket) => void)[] = []
const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, socket => accepted.shift()?.(socket))
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'))
afterAll(() => server.close())

/** A connection, with the end that dialled first. */
async function connection(): Promise<[dialled: Socket, accepted: Socket]> {
  const { port } = server.address() as AddressInfo
  const arrived = new Promise<Socket>(resolve => accepted.push(resolve))
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  await once(socket, 'connect')
  const other = await arrived
  for (const end of [socket, other]) end.on('error', () => {})
  return [socket, other]
}

const leg = (socket: Socket): CarryLeg => ({ stream: socket, raw: socket })

/** `client` - carrier - `target`. `before` has the carrier's two sockets before they are joined. */
async function joined(before?: (one: Socket, other: Socket) => unknown) {
  const [client, one] = await connection()
  const [other, target] = await connection()
  await before?.(one, other)
  return { client, target, one, other, carried: carry(leg(one), leg(other)) }
}

async function all(stream: Duplex): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const BLOCK = randomBytes(1 << 20)

/** Writes `mib` times a block that differs each time, in pieces of many sizes, and ends. */
async function pour(to: Duplex, mib: number): Promise<string> {
  const hash = createHash('sha256')
  for (let done = 0; done < mib; done++) {
    const block = Buffer.from(BLOCK)
    block.writeUInt32BE(done)
    hash.update(block)
    for (let at = 0; at < block.length; ) {
      const next = at + 1 + Math.floor(Math.random() ** 3 * 400_000)
      if (!to.write(block.subarray(at, next))) await once(to, 'drain')
      at = next
    }
  }
  to.end()
  return hash.digest('hex')
}

async function drink(from: Duplex, pauses: boolean): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of from.iterator({ destroyOnReturn: false })) {
    hash.update(chunk as Buffer)
    if (pauses && Math.random() < 0.02) await sleep(Math.random() * 10)
  }
  return hash.digest('hex')
}

async function bothWays(client: Duplex, target: Duplex, mib: number, pauses: boolean): Promise<void> {
  const [up, down, upAsSeen, downAsSeen] = await Promise.all([
    pour(client, mib),
    pour(target, mib),
    drink(target, pauses),
    drink(client, pauses),
  ])
  expect([upAsSeen, downAsSeen]).toEqual([up, down])
}

const wayOf = (socket: Socket) =>
  new Promise<string>(resolve => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'))
    socket.once('end', () => resolve('end'))
    socket.resume()
  })

test('64 MiB both ways at once arrive as they were sent, with readers that pause', async () => {
  const { client, target, carried } = await joined()
  await bothWays(client, target, 64, true)
  expect(await carried).toEqual({ toOther: 64 << 20, toOne: 64 << 20, ended: 'fin' })
}, 60_000)

test('without the handle of this Node the streams carry', async () => {
  vi.resetModules()
  const binding = vi.spyOn(process as unknown as { binding(): void }, 'binding').mockImplementation(() => {
    throw new Error('no such module')
  })
  const fresh: typeof import('../../shared/net/carry.ts') = await import('../../shared/net/carry.ts')
  expect(binding).toHaveBeenCalled()
  binding.mockRestore()
  const [client, one] = await connection()
  const [other, target] = await connection()
  const carried = fresh.carry(leg(one), leg(other))
  await bothWays(client, target, 16, true)
  expect(await carried).toEqual({ toOther: 16 << 20, toOne: 16 << 20, ended: 'fin' })
}, 60_000)

test('a reader that stands still stops the writer', async () => {
  const { client, target, one, carried } = await joined()
  const block = Buffer.alloc(1 << 20)
  let sent = 0
  let last = -1
  client.on('drain', () => {})
  while (last !== one.bytesRead) {
    last = one.bytesRead
    while (client.write(block) || client.writableLength === 0) sent += 1
    await sleep(300)
  }
  const held = process.memoryUsage().arrayBuffers
  expect(held).toBeLessThan(256 << 20)
  client.end()
  target.resume().once('end', () => target.end())
  const { toOther, ended } = await carried
  expect(ended).toBe('fin')
  expect(toOther).toBeGreaterThanOrEqual(sent << 20)
}, 60_000)

test('40 readers that stand still keep few of the big buffers, and what they were sent', async () => {
  const MIB = 1 << 20
  const pairs = await Promise.all(Array.from({ length: 40 }, () => joined()))
  const before = process.memoryUsage().arrayBuffers
  const block = Buffer.alloc(MIB)
  const sent = pairs.map(() => 0)
  const carriedSoFar = () => pairs.reduce((sum, { one }) => sum + one.bytesRead, 0)
  for (let last = -1; last !== carriedSoFar(); ) {
    last = carriedSoFar()
    for (const [at, { client }] of pairs.entries())
      while (client.writableLength < 4 * MIB) {
        client.write(block)
        sent[at] = (sent[at] ?? 0) + MIB
      }
    await sleep(500)
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(48 * MIB)
  for (const { client, target } of pairs) {
    client.end()
    target.resume().once('end', () => target.end())
  }
  const ended = await Promise.all(pairs.map(({ carried }) => carried))
  expect(ended.map(({ toOther }) => toOther)).toEqual(sent)
}, 60_000)

test('every big buffer comes back: after an end behind a full read, after resets in the middle', async () => {
  const bulk = Buffer.alloc(8 << 20)
  const ended = async () => {
    const { client, target, carried } = await joined()
    target.resume().once('end', () => target.end())
    client.write(bulk)
    while (target.bytesRead < bulk.length) await sleep(1)
    client.end(Buffer.alloc(common.length))
    await carried
  }
  const broken = async (by: 'client' | 'target') => {
    const ends = await joined()
    ends.client.write(bulk)
    // A reset of the client is seen once its bytes have gone on.
    setTimeout(() => ends.target.resume(), 100)
    setTimeout(() => ends[by].resetAndDestroy(), Math.random() * 40)
    await ends.carried
  }
  const several = Array.from({ length: 2 * MOST })
  await Promise.all(several.map(ended))
  await Promise.all(several.flatMap(() => [broken('client'), broken('target')]))
  const lent = Array.from({ length: MOST }, () => buffers.borrow())
  for (const buffer of lent) if (buffer) buffers.giveBack(buffer)
  expect(lent).not.toContain(null)
}, 30_000)

test.each(['client', 'target'] as const)('the end of the %s leaves the other way open', async first => {
  const ends = await joined()
  const [quick, slow] = first === 'client' ? [ends.client, ends.target] : [ends.target, ends.client]
  quick.end('question')
  expect(await all(slow)).toBe('question')
  slow.write('long ')
  await sleep(20)
  slow.end('answer')
  expect(await all(quick)).toBe('long answer')
  expect((await ends.carried).ended).toBe('fin')
})

test.each(['client', 'target'] as const)('a reset of the %s is a reset to the other', async first => {
  const ends = await joined()
  const [resets, sees] = first === 'client' ? [ends.client, ends.target] : [ends.target, ends.client]
  resets.write('x')
  await once(sees.resume(), 'data')
  const seen = wayOf(sees)
  resets.resetAndDestroy()
  expect(await seen).toBe('ECONNRESET')
  expect(await ends.carried).toMatchObject({ ended: 'rst' })
})

test('a reset arrives also while the other way is stopped by a reader', async () => {
  const { client, target, carried } = await joined()
  client.write(Buffer.alloc(32 << 20))
  await sleep(200)
  target.resetAndDestroy()
  expect(await wayOf(client)).toMatch(/ECONNRESET|EPIPE/)
  expect(await carried).toMatchObject({ ended: 'rst' })
})

test('a reset after an end is a reset', async () => {
  const { client, target, carried } = await joined()
  target.end('bye')
  expect(await all(client)).toBe('bye')
  const seen = wayOf(target)
  client.resetAndDestroy()
  expect(await seen).toBe('ECONNRESET')
  expect(await carried).toMatchObject({ ended: 'rst', toOne: 3 })
})

test('a leg that is gone before the start resets the other', async () => {
  const { client, target, carried } = await joined(one => one.destroy())
  expect(await carried).toEqual({ toOther: 0, toOne: 0, ended: 'rst' })
  expect(await wayOf(target)).toBe('ECONNRESET')
  client.destroy()
})

test('bytes put back after a peek go first', async () => {
  const [client, one] = await connection()
  const [other, target] = await connection()
  client.write('first ')
  await once(one, 'readable')
  one.unshift(one.read() as Buffer)
  const carried = carry(leg(one), leg(other))
  client.end('second')
  expect(await all(target)).toBe('first second')
  target.end()
  client.resume()
  expect(await carried).toMatchObject({ toOther: 12, ended: 'fin' })
})

test('200 pairs at once', async () => {
  const pairs = await Promise.all(Array.from({ length: 200 }, () => joined()))
  await Promise.all(pairs.map(({ client, target }) => bothWays(client, target, 1, false)))
  const ended = await Promise.all(pairs.map(({ carried }) => carried))
  expect(new Set(ended.map(one => JSON.stringify(one)))).toEqual(
    new Set([JSON.stringify({ toOther: 1 << 20, toOne: 1 << 20, ended: 'fin' } satisfies Carried)]),
  )
}, 60_000)

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

test('2,000 opened and closed leave no socket, no timer and no memory behind', async () => {
  const round = async (count: number) => {
    for (let done = 0; done < count; done += 50)
      await Promise.all(
        Array.from({ length: 50 }, async (_, at) => {
          const { client, target, carried } = await joined()
          client.end(BLOCK.subarray(0, 100_000))
          await all(target)
          if (at % 2 === 0) target.end()
          else target.resetAndDestroy()
          client.resume()
          await carried
        }),
      )
  }
  const left = async () => {
    await sleep(100)
    collect()
    const resources = process.getActiveResourcesInfo().filter(name => /TCPSocketWrap|Timeout|Immediate/.test(name))
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return { resources: resources.length, bytes: heapUsed + arrayBuffers }
  }
  await round(500)
  const before = await left()
  await round(2_000)
  // Finalizers may want more than one collection. A common buffer kept for each pair would be 125 MiB, its sockets alone some 10.
  let after = await left()
  for (let again = 0; again < 10 && after.bytes - before.bytes >= 4 << 20; again++) after = await left()
  expect(after.resources).toBeLessThanOrEqual(before.resources)
  expect(after.bytes - before.bytes).toBeLessThan(4 << 20)
}, 60_000)

async function behindTls(which: 'one' | 'other' | 'both') {
  const identity = await identityFor('carry.test')
  const [clientRaw, one] = await connection()
  const [other, targetRaw] = await connection()
  const inner = (raw: Socket) => new TLSSocket(raw, { isServer: true, ...identity })
  const outer = (raw: Socket) => connectTls({ socket: raw, rejectUnauthorized: false })
  const front = which !== 'other'
  const back = which !== 'one'
  const client = front ? outer(clientRaw) : clientRaw
  const oneStream = front ? inner(one) : one
  const target = back ? inner(targetRaw) : targetRaw
  const otherStream = back ? outer(other) : other
  const secure = [client, otherStream].filter(stream => stream instanceof TLSSocket)
  await Promise.all(secure.map(stream => once(stream, 'secureConnect')))
  return { client, target, carried: carry({ stream: oneStream, raw: one }, { stream: otherStream, raw: other }) }
}

describe.each(['one', 'other', 'both'] as const)('TLS upon %s', which => {
  test('both ways at once', { timeout: 60_000 }, async () => {
    const { client, target, carried } = await behindTls(which)
    await bothWays(client, target, 8, true)
    expect(await carried).toEqual({ toOther: 8 << 20, toOne: 8 << 20, ended: 'fin' })
  })

  test('readers that stand still at first', { timeout: 60_000 }, async () => {
    const { client, target, carried } = await behindTls(which)
    const sent = Promise.all([pour(client, 32), pour(target, 32)])
    await sleep(500)
    const seen = await Promise.all([drink(target, true), drink(client, true)])
    expect(seen).toEqual(await sent)
    expect(await carried).toEqual({ toOther: 32 << 20, toOne: 32 << 20, ended: 'fin' })
  })
})
