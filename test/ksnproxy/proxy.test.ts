/** The KSN proxy: 13111, 15111 and 17111 of a Server and of a distribution point, from memory or from KSN. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Result } from '../../lab/report.ts'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { ReputationCache } from '../../services/ksnproxy/cache.ts'
import { readTopology } from '../../shared/config/read-topology.ts'
import { programsOf, type Topology, type TopologyHost } from '../../shared/config/topology.ts'
import { readKsn, sealKsn } from '../../shared/wire/ksn-datagram.ts'
import { ask, sha256 } from '../klcsweb/kit.ts'
import { hello, journalled, newNonce, noted, Stranger, works } from '../klserver/kit.ts'

const EICAR = '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f'

const topology = (server = '{}', point = '{ enabled: true, https: true }'): Topology =>
  readTopology(
    `topology: ksn
title: KSN proxies
topic: 183040
arrows: ['4', x-ksn-tcp, x-ksn-udp, x-ksn-https]
hosts:
  klserver: { zone: lan, number: 10, runs: [klserver, ksnproxy], ksn: ${server} }
  agent: { zone: lan, number: 101, runs: [klnagent] }
  point: { zone: dmz, number: 20, runs: [klnagent, ksnproxy], distributionPoint: true, ksn: ${point} }
  dmz-pc: { zone: dmz, number: 101, runs: [klnagent] }
  kaspersky: { zone: internet, number: 10, runs: [kaspersky-servers] }
`,
    'ksn.yaml',
  )

let lab: Lab
beforeAll(async () => {
  lab = await startLab(topology('{ https: true }'))
})
afterAll(() => lab.stop())

const verdicts = (results: readonly Result[]) => results.map(({ id, verdict }) => `${id} ${verdict}`)

async function client(of = lab, host = 'klserver'): Promise<Stranger> {
  const at = of.endpoint(host, 13111)
  const socket = connect({ host: at.address, port: at.port, noDelay: true })
  await once(socket, 'connect')
  const stranger = new Stranger(socket)
  const { agentId: _, ...greeting } = hello({ role: 'ksn-client' })
  expect(await stranger.ask(greeting)).toMatchObject({ type: 'welcome', host })
  return stranger
}

const request = (file: string) => ({ type: 'reputation-request', id: 1, nonce: newNonce(), sha256: file })

async function datagram(bytes: Uint8Array, host = 'klserver'): Promise<Buffer> {
  const at = lab.endpoint(host, 15111, 'udp')
  const socket = createSocket('udp4')
  try {
    socket.send(bytes, at.port, at.address)
    const [answer] = await once(socket, 'message')
    return answer as Buffer
  } finally {
    socket.close()
  }
}

const overHttps = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(
    {
      ...lab.endpoint('klserver', 17111),
      tls: { ca: lab.certificate('klserver', 'common'), servername: 'klserver.lan.ksc-lab.test' },
    },
    path,
    { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body },
  )

describe('verify', () => {
  it('sends devices to the point that serves them, and else to their Server, by all three ports', async () => {
    const { results } = await lab.verify({ flows: ['x-ksn-tcp', 'x-ksn-udp', 'x-ksn-https'] })
    expect(verdicts(results).sort()).toEqual([
      'x-ksn-https@agent>klserver:17111 delivered',
      'x-ksn-https@dmz-pc>point:17111 delivered',
      'x-ksn-https@point>klserver:17111 delivered',
      'x-ksn-tcp@agent>klserver:13111 delivered',
      'x-ksn-tcp@dmz-pc>point:13111 delivered',
      'x-ksn-tcp@point>klserver:13111 delivered',
      'x-ksn-udp@agent>klserver:15111 delivered',
      'x-ksn-udp@dmz-pc>point:15111 delivered',
      'x-ksn-udp@point>klserver:15111 delivered',
    ])
  })

  it('accuses the leg behind the proxy, over all the legs there are', async () => {
    await lab.stopHost('kaspersky')
    try {
      const { results } = await lab.verify({ flows: ['x-ksn-tcp', 'x-ksn-udp', 'x-ksn-https'] })
      expect(new Set(results.map(({ verdict }) => verdict))).toEqual(new Set(['refused']))
      const byPoint = results.find(({ id }) => id === 'x-ksn-tcp@dmz-pc>point:13111')
      expect(byPoint?.explanation).toMatch(
        /^dmz-pc reached point:13111\/tcp, which passes it on to klserver:13111 and could not: point reached klserver:13111\/tcp, which passes it on to kaspersky:443 and could not: klserver was refused at kaspersky:443/,
      )
      const byUdp = results.find(({ id }) => id === 'x-ksn-udp@agent>klserver:15111')
      expect(byUdp?.explanation).toContain('agent reached klserver:15111/udp, which passes it on to kaspersky:443')
    } finally {
      await lab.startHost('kaspersky')
    }
  })
})

describe('a reputation', () => {
  it('comes from KSN first and from memory then, and says which', async () => {
    using stranger = await client()
    const file = sha256(Buffer.from(newNonce()))
    const first = request(file)
    expect(await stranger.ask(first)).toEqual({
      ...{ type: 'reputation', id: 1, nonce: first.nonce, sha256: file, reputation: 'unknown' },
      ...{ answeredFrom: 'ksn', forwardedTo: 'kaspersky' },
    })
    const second = request(file)
    expect(await stranger.ask(second)).toEqual({
      ...{ type: 'reputation', id: 1, nonce: second.nonce, sha256: file, reputation: 'unknown', answeredFrom: 'cache' },
    })
    expect(noted(lab, 'forwarded').at(-1)).toMatchObject({ host: 'klserver', port: 13111 })
  })

  it('of the EICAR test file is that it is not to be trusted, on every port and at the point', async () => {
    using stranger = await client(lab, 'point')
    expect(await stranger.ask(request(EICAR))).toMatchObject({
      ...{ reputation: 'untrusted', answeredFrom: 'ksn', forwardedTo: 'klserver' },
    })
    const nonce = newNonce()
    const sent = sealKsn({ kind: 'reputation-request', nonce, at: Date.now(), sha256: EICAR })
    expect(readKsn(await datagram(sent), ['reputation'])).toMatchObject({
      ...{ nonce, reputation: 'untrusted', answeredFrom: 'cache' },
    })
    const { status, json } = await overHttps('/ksn', { sha256: EICAR })
    expect({ status, body: json() }).toEqual({
      status: 200,
      body: { sha256: EICAR, reputation: 'untrusted', answeredFrom: 'cache' },
    })
  })
})

describe('bad input', () => {
  it.each([
    ['no hash', { type: 'reputation-request', id: 1, nonce: 'n'.repeat(8) }, 'bad-message', 'sha256'],
    ['a hash of capitals', request(EICAR.toUpperCase()), 'bad-message', 'sha256'],
    ['an activation', { type: 'activate', id: 1, nonce: 'n'.repeat(8), product: 'KES' }, 'message-refused', 'activate'],
  ])('%s on 13111 gets one clear error, and others live on', async (_what, message, code, words) => {
    using beside = await client()
    using stranger = await client()
    stranger.send(message)
    expect(await stranger.rest()).toEqual([{ type: 'error', code, message: expect.stringContaining(words) }])
    expect(await works(beside)).toBe(true)
  })

  it.each([
    ['garbage', Buffer.from('hello'), 'truncated'],
    [
      'another kind',
      sealKsn({ kind: 'reputation-refused', nonce: 'n'.repeat(8), at: 1, code: 'x', reason: '' }),
      'unknown-kind',
    ],
    ['a wrong hash', sealKsn({ kind: 'reputation-request', nonce: 'n'.repeat(8), at: 1, sha256: 'x' }), 'bad-body'],
    ['an old time', sealKsn({ kind: 'reputation-request', nonce: 'n'.repeat(8), at: 1, sha256: EICAR }), 'stale'],
    ['1 401 bytes', Buffer.alloc(1_401), 'too-large'],
  ])('%s on 15111 is written down and not answered', async (_what, bytes, reason) => {
    const at = lab.endpoint('klserver', 15111, 'udp')
    const socket = createSocket('udp4')
    let answered = false
    socket.on('message', () => {
      answered = true
    })
    socket.send(bytes, at.port, at.address)
    await journalled(
      lab,
      ({ port, what, detail }) => port === 15111 && what === 'datagram-refused' && detail.reason.startsWith(reason),
    )
    const nonce = newNonce()
    const sent = sealKsn({ kind: 'reputation-request', nonce, at: Date.now(), sha256: EICAR })
    expect(readKsn(await datagram(sent), ['reputation'])).toMatchObject({ nonce })
    expect(answered).toBe(false)
    socket.close()
  })

  it.each([
    ['no hash', {}, 400, 'sha256'],
    ['no JSON', '{', 400, 'JSON'],
    ['a body of 5 000 bytes', { sha256: 'x'.repeat(5_000) }, 413, 'too large'],
  ])('%s on 17111 gets a clear answer', async (_what, body, expected, words) => {
    const { status, text } = await overHttps('/ksn', body)
    expect(status).toBe(expected)
    expect(text).toContain(words)
  })

  it('on 17111 an unreachable KSN is HTTP 502 with the reason', async () => {
    await lab.stopHost('kaspersky')
    try {
      const { status, json } = await overHttps('/ksn', { sha256: sha256(Buffer.from(newNonce())) })
      expect({ status, body: json() }).toEqual({
        status: 502,
        body: {
          code: 'kaspersky-unreachable',
          error: expect.stringContaining('klserver has your request and could not pass it on to Kaspersky'),
        },
      })
    } finally {
      await lab.startHost('kaspersky')
    }
  })
})

it('a distribution point whose Server is away says whom it asked in vain, and goes on', async () => {
  await lab.stopHost('klserver')
  try {
    using asking = await client(lab, 'point')
    const refusal = { type: 'error', id: 1, code: 'ksn-unreachable' }
    expect(await asking.ask(request(sha256(Buffer.from(newNonce()))))).toMatchObject({
      ...refusal,
      message: expect.stringMatching(
        /^point has your request and got no answer from the KSN proxy of klserver:13111: .+/,
      ),
    })
    expect(await asking.ask(request(sha256(Buffer.from(newNonce()))))).toMatchObject(refusal)
  } finally {
    await lab.startHost('klserver')
  }
})

describe('switched', () => {
  const portsOf = (of: Topology, name: string) =>
    programsOf(of.hosts.find(host => host.name === name) as TopologyHost)
      .filter(({ process }) => process === 'ksnproxy')
      .flatMap(({ ports }) => ports.map(({ port }) => port))

  it('it is on without HTTPS on a Server, and off on a distribution point', () => {
    const plain = topology('{}', '{}')
    expect(portsOf(plain, 'klserver')).toEqual([13111, 15111])
    expect(portsOf(plain, 'point')).toEqual([])
    expect(portsOf(lab.topology, 'point')).toEqual([13111, 15111, 17111])
  })

  it('off, nothing listens, and devices of the zone go to the Server', async () => {
    await using off = await startLab(topology('{ enabled: false }', '{ enabled: true, useServer: false }'))
    const at = off.endpoint('klserver', 13111)
    const socket = connect({ host: at.address, port: at.port })
    const [error] = await once(socket, 'error').catch(caught => [caught])
    expect(error).toMatchObject({ code: 'ECONNREFUSED' })
    // The point asks Kaspersky itself.
    using stranger = await client(off, 'point')
    expect(await stranger.ask(request(EICAR))).toMatchObject({ answeredFrom: 'ksn', forwardedTo: 'kaspersky' })
    expect((await off.verify({ flows: ['x-ksn-udp'] })).results.map(({ id }) => id)).toEqual([
      'x-ksn-udp@dmz-pc>point:15111',
    ])
  })
})

describe('the cache', () => {
  it('keeps 10,000 answers for 10 minutes, the newest ones', () => {
    const cache = new ReputationCache()
    for (let file = 0; file <= 10_000; file++) cache.put(`${file}`, 'trusted', 0)
    expect([cache.get('0', 1), cache.get('1', 1), cache.get('10000', 599_999), cache.get('10000', 600_000)]).toEqual([
      null,
      'trusted',
      'trusted',
      null,
    ])
  })
})
