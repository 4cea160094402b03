/** Connections on which nothing comes: they are ended in time, and harm nobody until then. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { encodeFrame } from '../../shared/wire/frame.ts'
import { agent, dial, hello, journalled, noted, type Stranger, startServer, sync, works } from './kit.ts'

/** ms; well above what a TLS handshake takes on two busy cores. */
const HELLO_TIMEOUT = 500

let lab: Lab
beforeAll(async () => {
  lab = await startServer({ helloTimeout: HELLO_TIMEOUT })
})
afterAll(() => lab.stop())

describe('a hello that never comes', () => {
  const within = (started: number) => {
    const after = performance.now() - started
    expect(after).toBeGreaterThan(HELLO_TIMEOUT * 0.9)
    expect(after).toBeLessThan(HELLO_TIMEOUT * 4)
  }
  const halfHello = encodeFrame(hello()).subarray(0, 20)

  it('is told so, after nothing as after half of one, and it is written down', async () => {
    const nothing = Buffer.alloc(0)
    const cases = [
      [13000, nothing],
      [13291, nothing],
      [17000, nothing],
      [13000, halfHello],
      [14000, halfHello],
    ] as const
    await Promise.all(
      cases.map(async ([port, bytes]) => {
        using stranger = await dial(lab, port)
        const started = performance.now()
        stranger.write(bytes)
        expect(await stranger.rest()).toEqual([
          { type: 'error', code: 'hello-timeout', message: 'no hello came in time' },
        ])
        within(started)
      }),
    )
    const refused = noted(lab, 'message-refused').map(({ port, detail }) => `${port} ${detail.code}`)
    expect(refused.sort()).toEqual(cases.map(([port]) => `${port} hello-timeout`).sort())
  })

  it('ends a connection on which not a single byte comes', async () => {
    await Promise.all(
      [13000, 14000, 13291, 17000].map(async port => {
        const started = performance.now()
        const socket = await dialTcp(lab, port)
        const { localPort } = socket
        await once(socket.resume(), 'close')
        within(started)
        const accepted = await journalled(
          lab,
          entry => entry.what === 'accepted' && entry.port === port && entry.detail.remote.port === localPort,
        )
        const closed = await journalled(
          lab,
          entry => entry.what === 'closed' && entry.connection === accepted.connection,
        )
        expect(closed.detail).toMatchObject({ how: 'timeout', code: 'NO_BYTES' })
      }),
    )
  })

  it('is not helped by bytes that come one by one', async () => {
    using stranger = await dial(lab, 14000)
    const started = performance.now()
    const drip = setInterval(() => stranger.write(Buffer.alloc(1)), HELLO_TIMEOUT / 20)
    try {
      stranger.write(Buffer.of(0, 1, 0, 0))
      expect(await stranger.rest()).toMatchObject([{ type: 'error', code: 'hello-timeout' }])
    } finally {
      clearInterval(drip)
    }
    within(started)
  })
})

async function dialTcp(lab: Lab, port: number): Promise<Socket> {
  const at = lab.endpoint('klserver', port)
  const socket = connect({ host: at.address, port: at.port }).on('error', () => {})
  await once(socket, 'connect')
  return socket
}

describe('connections that say nothing', () => {
  it('a thousand of them, 200 after TLS, keep no agent from its work and cost none its session', async () => {
    await using lab = await startServer()
    const agents = await Promise.all([13000, 14000, 13000, 14000].map(port => agent(lab, port)))
    const silent: (Socket | Stranger)[] = []
    try {
      let done = false
      const rounds = Promise.all(
        agents.map(async one => {
          let round = 0
          while (!done || round < 20) {
            round += 1
            expect(await works(one)).toBe(true)
            expect(await one.ask(sync(round))).toMatchObject({ type: 'synced', id: round })
          }
          return round
        }),
      )
      for (let made = 0; made < 1_000; made += 50) {
        const batch = Array.from({ length: 50 }, (_, index) =>
          index < 10 ? dial(lab, 13000) : dialTcp(lab, made % 100 ? 13000 : 14000),
        )
        silent.push(...(await Promise.all(batch)))
      }
      done = true
      expect(Math.min(...(await rounds))).toBeGreaterThanOrEqual(20)
      // A newcomer is served while they are still there, and afterwards.
      using newcomer = await agent(lab, 13000)
      expect(await works(newcomer)).toBe(true)
      for (const one of agents) expect(await works(one)).toBe(true)
      expect(noted(lab, 'accepted').length).toBeGreaterThanOrEqual(1_000)
    } finally {
      for (const one of silent) 'socket' in one ? one.socket.destroy() : one.destroy()
      for (const one of agents) one.socket.destroy()
    }
  })
})
