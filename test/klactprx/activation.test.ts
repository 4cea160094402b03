/** The activation proxy on 17000, byte by byte; Kaspersky stands behind it. */
import { once } from 'node:events'
import { createServer } from 'node:https'
import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { encodeFrame } from '../../shared/wire/frame.ts'
import { dial, hello, journalled, newNonce, noted, type Stranger, startServer, works } from '../klserver/kit.ts'

const YEAR = 365 * 24 * 3_600_000

let lab: Lab
beforeAll(async () => {
  const others = loadTopology('lan').hosts.filter(({ name }) => name !== 'klserver' && name !== 'kaspersky')
  lab = await startLab('lan', { external: others.map(({ name }) => name) })
})
afterAll(() => lab.stop())

const greeting = (more = {}) => {
  const { agentId: _, ...rest } = hello({ role: 'activation-client', ...more })
  return rest
}

async function client(): Promise<Stranger> {
  const stranger = await dial(lab, 17000)
  expect(await stranger.ask(greeting())).toMatchObject({ type: 'welcome' })
  return stranger
}

const activate = (id = 1, product = 'Kaspersky Endpoint Security') => ({
  type: 'activate',
  id,
  nonce: newNonce(),
  product,
})

/** A new client, from its hello to its licence. */
async function isActivated(): Promise<void> {
  using stranger = await client()
  const asked = activate()
  expect(await stranger.ask(asked)).toMatchObject({ type: 'activated', nonce: asked.nonce })
}

describe('an activation', () => {
  it('is answered with a term of a year', async () => {
    using stranger = await client()
    const before = Date.now()
    const asked = activate(7)
    const answer = await stranger.ask(asked)
    expect(answer).toEqual({ ...asked, type: 'activated', validTo: expect.any(Number), forwardedTo: 'kaspersky' })
    expect(answer.validTo).toBeGreaterThanOrEqual(before + YEAR)
    expect(answer.validTo).toBeLessThanOrEqual(Date.now() + YEAR)
  })

  it('comes after a welcome that names the host and the version', async () => {
    using stranger = await dial(lab, 17000)
    const said = greeting()
    expect(await stranger.ask(said)).toEqual({
      type: 'welcome',
      host: 'klserver',
      version: '14.2',
      nonce: said.nonce,
      keep: 'not-asked',
    })
  })

  it('is written down at the responder, with its nonce', async () => {
    using stranger = await client()
    const { nonce, ...asked } = activate()
    await stranger.ask({ ...asked, nonce })
    const here = expect.objectContaining({ host: 'klserver', port: 17000, detail: { nonce } })
    expect(noted(lab, 'forwarded')).toContainEqual(
      expect.objectContaining({ port: 17000, detail: { to: 'kaspersky:443' } }),
    )
    expect(noted(lab, 'request-received')).toContainEqual(here)
    expect(noted(lab, 'reply-sent')).toContainEqual(here)
  })

  it('is answered as often and in the order in which it is asked', async () => {
    using stranger = await client()
    for (let id = 1; id <= 50; id++) stranger.send(activate(id, `product ${id}`))
    for (let id = 1; id <= 50; id++) expect(await stranger.next()).toMatchObject({ id, product: `product ${id}` })
  })

  it('is answered for many clients at once', async () => {
    await Promise.all(Array.from({ length: 20 }, isActivated))
  })

  it('may arrive a byte at a time', async () => {
    using stranger = await client()
    for (const byte of encodeFrame(activate(3))) stranger.write(Buffer.of(byte))
    expect(await stranger.next()).toMatchObject({ type: 'activated', id: 3 })
  })

  it('may come beside a ping', async () => {
    using stranger = await client()
    expect(await works(stranger)).toBe(true)
  })
})

describe('an answer of Kaspersky that is no licence', () => {
  it.each([
    ['a term that is no date', '{"validTo":"tomorrow"}', 'kaspersky-unreadable', 'validTo'],
    ['no term', '{}', 'kaspersky-unreadable', 'validTo'],
    ['no JSON', 'good morning', 'kaspersky-unreachable', 'JSON'],
  ])('%s is passed on to nobody, and told', async (_what, body, code, words) => {
    const { address, port } = lab.endpoint('kaspersky', 443)
    await lab.stopHost('kaspersky')
    const other = createServer(lab.state.credentials.identity('kaspersky'), (_request, response) => response.end(body))
    await once(other.listen(port, address), 'listening')
    try {
      using stranger = await client()
      expect(await stranger.ask(activate(7))).toMatchObject({
        type: 'error',
        id: 7,
        code,
        message: expect.stringContaining(words),
      })
    } finally {
      other.closeAllConnections()
      await once(other.close(), 'close')
      await lab.startHost('kaspersky')
    }
    await isActivated()
  })
})

const frame = (...body: number[]) => {
  const bytes = Buffer.alloc(4 + body.length)
  bytes.writeUInt32BE(body.length)
  bytes.set(body, 4)
  return bytes
}

describe('what cannot be read', () => {
  it.each([
    ['a frame of no bytes', frame(), 'frame-empty', 'a MessagePack map is expected'],
    ['a frame that is no MessagePack', frame(0x81), 'not-messagepack', '1 bytes that are not MessagePack'],
    ['a number', frame(5), 'not-a-map', 'not a map'],
    ['a frame of 1 MiB and a byte', Buffer.from([0, 0x10, 0, 1]), 'frame-too-large', 'at most 1048576'],
    ['HTTP inside TLS', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'frame-too-large', 'at most 1048576'],
    ['a map of no type', encodeFrame({ hello: 1 }), 'unknown-message', 'no string "type"'],
    ['an unknown message', encodeFrame({ type: 'licence' }), 'unknown-message', '"licence"'],
    ['no product', encodeFrame({ ...activate(), product: '' }), 'bad-message', 'activate.product'],
    ['a product of 256 characters', encodeFrame(activate(1, 'x'.repeat(256))), 'bad-message', 'activate.product'],
    ['no id', encodeFrame({ ...activate(), id: undefined }), 'bad-message', 'activate.id'],
    ['no nonce', encodeFrame({ ...activate(), nonce: undefined }), 'bad-message', 'activate.nonce'],
  ])('%s gets one clear error, and the port goes on working', async (_what, bytes, code, words) => {
    using beside = await client()
    using stranger = await client()
    stranger.write(Buffer.concat([bytes, encodeFrame(activate(2))]))
    expect(await stranger.rest()).toEqual([{ type: 'error', code, message: expect.stringContaining(words) }])
    expect(noted(lab, 'message-refused').at(-1)).toMatchObject({ port: 17000, detail: { code } })
    expect(await works(beside)).toBe(true)
    await isActivated()
  })
})

describe('what is not for this port', () => {
  it.each(['agent', 'console', 'local-application'] as const)('a session as %s is refused', async role => {
    using stranger = await dial(lab, 17000)
    stranger.send(hello({ role }))
    expect(await stranger.rest()).toEqual([
      {
        type: 'error',
        code: 'role-refused',
        message: `a session as ${role} is not for this port; welcome here: activation-client`,
      },
    ])
  })

  it('an activation before hello is refused', async () => {
    using stranger = await dial(lab, 17000)
    stranger.send(activate())
    expect(await stranger.rest()).toMatchObject([
      { code: 'hello-expected', message: 'the first message must be hello, not activate' },
    ])
  })

  it('a list of devices is refused', async () => {
    using stranger = await client()
    stranger.send({ type: 'list-devices', id: 1, nonce: newNonce() })
    expect(await stranger.rest()).toMatchObject([
      { code: 'message-refused', message: 'list-devices is not for this role; it may send activate, ping' },
    ])
  })

  it('plaintext is closed and written down, and the port goes on working', async () => {
    const at = lab.endpoint('klserver', 17000)
    for (const bytes of [encodeFrame(greeting()), Buffer.from('GET / HTTP/1.1\r\n\r\n')]) {
      const raw = connect({ host: at.address, port: at.port })
      await once(raw, 'connect')
      raw.write(bytes)
      expect((await buffer(raw)).toString()).toBe('')
      await journalled(
        lab,
        ({ port, what, detail }) => port === 17000 && what === 'closed' && detail.code === 'NOT_TLS',
      )
    }
    await isActivated()
  })

  it('a client that goes away in the middle leaves the port working', async () => {
    const stranger = await client()
    stranger.write(encodeFrame(activate()).subarray(0, 9))
    stranger.reset()
    await isActivated()
  })
})

describe('time', () => {
  it('ends a client that never says hello', async () => {
    await using quick = await startServer({ helloTimeout: 100 })
    using stranger = await dial(quick, 17000)
    expect(await stranger.rest()).toMatchObject([{ code: 'hello-timeout', message: 'no hello came in time' }])
  })

  it('ends every session when the lab stops', async () => {
    const short = await startServer()
    using stranger = await dial(short, 17000)
    await stranger.ask(greeting())
    await short.stop()
    expect(await stranger.rest()).toEqual([])
  })
})
