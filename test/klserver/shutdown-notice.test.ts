/** UDP 13000: "this device is being turned off", and everything that only looks like it. */
import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import type { Administration } from '../../services/klserver/administration.ts'
import { serveShutdownNotices } from '../../services/klserver/udp-13000.ts'
import { Journal } from '../../shared/journal/journal.ts'
import type { Endpoint } from '../../shared/journal/observation.ts'
import { createAddressBook } from '../../shared/net/address-book.ts'
import { LocalSockets } from '../../shared/net/local.ts'
import { createHost } from '../../shared/net/node-host.ts'
import { type Notice, sealNotice } from '../../shared/wire/datagram.ts'
import { encodeMap } from '../../shared/wire/frame.ts'
import { agent, deviceOf, journalled, newNonce, noted, startServer, sync } from './kit.ts'

let lab: Lab
/** One device of many lives: every test finds it on. */
const host = 'notebook'
const agentId = randomUUID()
let key: Uint8Array

/** A contact with the Server turns the device on. */
async function contact(): Promise<void> {
  using stranger = await agent(lab, 14000, { agentId, host })
  key = (await stranger.ask(sync())).noticeKey as Uint8Array
}

beforeAll(async () => {
  lab = await startServer()
})
afterAll(() => lab.stop())
beforeEach(contact)

const proveWith = (secret: Uint8Array) => (body: Buffer) => createHmac('sha256', secret).update(body).digest()
const notice = (more: Partial<Extract<Notice, { kind: 'shutdown' }>> = {}, secret = key): Buffer =>
  sealNotice({ kind: 'shutdown', agentId, nonce: newNonce(), at: Date.now(), ...more }, proveWith(secret))

async function send(bytes: Uint8Array, to: Endpoint = lab.endpoint('klserver', 13000, 'udp')): Promise<void> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve, reject) =>
    socket.send(bytes, to.port, to.address, error => (error ? reject(error) : resolve())),
  )
  socket.close()
}

const refusals = () => noted(lab, 'datagram-refused').map(({ detail }) => detail.reason)

async function refusalOf(bytes: Uint8Array): Promise<string> {
  const before = refusals().length
  await send(bytes)
  await journalled(lab, () => refusals().length > before)
  return refusals()[before] ?? ''
}

/** The Server answers no datagram; that one has had its effect is seen in the list. */
async function isTurnedOff(): Promise<void> {
  await expect.poll(async () => (await deviceOf(lab, host)).state).toBe('off')
}

describe('a right one', () => {
  it('turns the device off in the list, and the next contact turns it on', async () => {
    expect((await deviceOf(lab, host)).state).toBe('on')
    await send(notice())
    await isTurnedOff()
    await contact()
    expect((await deviceOf(lab, host)).state).toBe('on')
    await send(notice())
    await isTurnedOff()
  })

  it('says nothing of another device', async () => {
    using _other = await agent(lab, 14000, { host: 'another' })
    await send(notice())
    await isTurnedOff()
    expect((await deviceOf(lab, 'another')).state).toBe('on')
  })
})

describe('is refused with its reason, the device stays on, and a right one works afterwards:', () => {
  const wakeUp = () => ({ kind: 'wake-up', target: 'klserver', nonce: newNonce(), at: Date.now() }) as const
  it.each<[string, () => Uint8Array, string]>([
    ['another key', () => notice({}, randomBytes(32)), "forged: it is not authenticated with this device's key"],
    ['no key', () => notice({}, Buffer.alloc(32)), 'forged: '],
    [
      'a proof that is too short',
      () => sealNotice({ kind: 'shutdown', agentId, nonce: newNonce(), at: Date.now() }, () => Buffer.alloc(1)),
      'forged: ',
    ],
    [
      'two minutes old',
      () => notice({ at: Date.now() - 120_000 }),
      'stale: its time is 120 s past; at most 60 s are accepted',
    ],
    ['two minutes ahead', () => notice({ at: Date.now() + 120_000 }), 'stale: its time is 120 s ahead'],
    ['of an unknown device', () => notice({ agentId: randomUUID() }), 'unknown-device: no device has the agent id'],
    ['cut short', () => notice().subarray(0, -10), 'truncated: '],
    ['empty', () => Buffer.alloc(0), 'truncated: '],
    ['noise', () => randomBytes(200), 'truncated: '],
    ['a map without proof', () => encodeMap({ body: Buffer.alloc(3) }), 'truncated: the map has no bytes'],
    ['64 KiB', () => Buffer.alloc(65_507, 0x80), 'too-large: 65507 bytes; at most 1400 are read'],
    ['64 KiB of a right one', () => Buffer.concat([notice(), Buffer.alloc(60_000)]), 'too-large: '],
    [
      'a wake-up',
      () => sealNotice(wakeUp(), proveWith(key)),
      'unknown-kind: a shutdown notice is expected, not wake-up',
    ],
    [
      'of no known kind',
      () => encodeMap({ body: encodeMap({ kind: 'reboot' }), proof: Buffer.alloc(32) }),
      'unknown-kind: accepted kinds are wake-up, query, presence, shutdown',
    ],
    ['with an agent id that is none', () => notice({ agentId: "' or 1=1" }), 'bad-body: shutdown.agentId'],
    ['with a time that is none', () => notice({ at: Number.NaN }), 'bad-body: shutdown.at'],
  ])('%s', async (_name, bytes, reason) => {
    const sent = bytes()
    expect(await refusalOf(sent)).toContain(reason)
    expect(noted(lab, 'datagram-refused').at(-1)).toMatchObject({
      host: 'klserver',
      port: 13000,
      transport: 'udp',
      detail: { bytes: sent.length },
    })
    expect((await deviceOf(lab, host)).state).toBe('on')
    await send(notice())
    await isTurnedOff()
  })

  it('replayed', async () => {
    const once = notice()
    await send(once)
    await isTurnedOff()
    await contact()
    expect(await refusalOf(once)).toMatch(/^replayed: nonce \S+ was seen before$/)
    expect((await deviceOf(lab, host)).state).toBe('on')
    await send(notice())
    await isTurnedOff()
  })
})

it('a forged one does not use up the nonce of the right one', async () => {
  const nonce = newNonce()
  expect(await refusalOf(notice({ nonce }, randomBytes(32)))).toContain('forged')
  await send(notice({ nonce }))
  await isTurnedOff()
})

it('a store that fails does not end the process', async () => {
  const book = createAddressBook({ addresses: new Map([['klserver', '127.0.0.1']]), ports: 'ephemeral' })
  const journal = new Journal()
  const failures: unknown[] = []
  const log = pino({}, { write: line => void failures.push(JSON.parse(line)) })
  const asked = Promise.withResolvers<void>()
  const store = {
    noticeKey: async () => {
      asked.resolve()
      throw new Error('the store is closed')
    },
  } as unknown as Administration['store']
  const server = createHost({ name: 'klserver', book, journal, local: new LocalSockets() })
  const port = await serveShutdownNotices({ host: server, store, log } as Administration)
  try {
    await send(notice(), port.bound)
    await asked.promise
    await expect.poll(() => failures).toMatchObject([{ level: 50, err: { message: 'the store is closed' } }])
  } finally {
    await port.close()
  }
})
