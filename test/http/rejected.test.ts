/** http-rejected: real nginx in front of an HTTP port answers by itself, and the verdict says what it said. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { startMiddlebox } from '../../shared/faults/middlebox.ts'
import { httpClient } from '../../shared/http/client.ts'
import { drawVerdict } from '../../shared/verdict/draw.ts'
import type { Evidence } from '../../shared/verdict/facts.ts'
import { startNginx } from '../boxes/nginx.ts'
import { openGround } from '../klserver/alone.ts'
import { newNonce } from '../klserver/kit.ts'
import { leftOut } from '../requires.ts'

const missing = leftOut('real nginx', 'nginx', ['-v'])

let lab: Lab
beforeAll(async () => {
  lab = await startLab('lan', {
    external: loadTopology('lan')
      .hosts.map(({ name }) => name)
      .filter(name => !['klserver', 'agent-1', 'kaspersky'].includes(name)),
  })
})
afterAll(() => lab.stop())

/** nginx with one `location /`. */
const nginx = (location: string) =>
  startNginx({ http: ({ port }) => `server { listen 127.0.0.1:${port}; location / { ${location} } }` })

const arrow16 = async (port: number) => {
  const { results } = await lab.verify({ flows: ['16'], route: { 'klserver:8060': { host: '127.0.0.1', port } } })
  return results.find(result => result.port === 8060)
}

describe.skipIf(missing)('nginx in front of 8060', () => {
  it.each([
    ['cannot reach its backend', () => `proxy_pass http://127.0.0.1:1;`, 502, 'saw no connection', 'proxy_pass'],
    [
      'waits for a backend that says nothing',
      (_at: string, silent: string) => `proxy_pass http://${silent}; proxy_read_timeout 1s;`,
      504,
      'saw no connection',
      'proxy_read_timeout',
    ],
    ['limits methods', () => `return 405;`, 405, 'saw no connection', 'limit_except'],
    ['limits bodies', () => `return 413;`, 413, 'saw no connection', 'client_max_body_size'],
    ['wants a login', () => `return 401;`, 401, 'saw no connection', 'auth_basic'],
    ['redirects', () => `return 302 https://portal.example/;`, 302, 'saw no connection', 'captive portal'],
    ['answers in its place', () => `return 200 '[]';`, 200, 'saw no connection', 'captive portal'],
    [
      'turns the answer of its backend into its own',
      (at: string) => `proxy_pass http://${at}; proxy_hide_header x-ksc-lab-nonce; proxy_intercept_errors on;
        proxy_buffer_size 64; proxy_buffers 4 64; proxy_busy_buffers_size 64;`,
      502,
      'got the request and answered otherwise',
      'proxy_pass',
    ],
  ] as const)('that %s is http-rejected', async (_what, location, status, seen, advice) => {
    const { address, port } = lab.endpoint('klserver', 8060)
    await using silent = await startMiddlebox('silent', { address, port })
    await using box = await nginx(location(`${address}:${port}`, `${silent.at.address}:${silent.at.port}`))
    const result = await arrow16(box.port)
    expect(result?.verdict, result?.explanation).toBe('http-rejected')
    expect(result?.explanation).toMatch(
      new RegExp(`^agent-1 asked klserver:8060/tcp for GET /packages and got HTTP ${status} \\(Server: nginx/[^)]+\\)`),
    )
    expect(result?.explanation).toContain(`which klserver did not say: it ${seen}`)
    expect(result?.explanation).toContain(`the box at 127.0.0.1:${box.port}`)
    expect(result?.advice).toContain(advice)
  })

  it('that passes everything on is delivered', async () => {
    const { address, port } = lab.endpoint('klserver', 8060)
    await using box = await nginx(`proxy_pass http://${address}:${port};`)
    expect(await arrow16(box.port)).toMatchObject({ verdict: 'delivered' })
  })
})

describe('http-rejected', () => {
  it('is not what the stand-in itself refuses: its answer has the nonce', async () => {
    await using ground = await openGround()
    const { start } = await import('../../services/klcsweb/index.ts')
    const service = await start(ground.context('klserver'))
    const nonce = newNonce()
    const client = httpClient(
      ground.host('agent-1').during({ nonce, timeout: 3_000 }),
      { host: 'klserver', port: 8060 },
      { timeout: 3_000 },
    )
    expect((await client.request({ path: '/nothing', nonce })).status).toBe(404)
    await client.close()
    await service.stop()
    expect(ground.journal.entries().filter(({ what }) => what === 'foreign-answer')).toEqual([])
  })

  it('is not an answer of which a box has taken the nonce away: that one the stand-in gave', () => {
    const place = { t: 0, connection: 'a#1', port: 8060, transport: 'tcp' as const, nonce: 'n'.repeat(8) }
    const mine = { ...place, host: 'agent-1', end: 'initiator' as const }
    const theirs = { ...place, host: 'klserver', end: 'responder' as const }
    const ends = { address: '127.0.0.1', port: 1 }
    const evidence: Evidence = {
      initiator: [
        { ...mine, what: 'connected', detail: { local: ends, remote: ends } },
        { ...mine, what: 'foreign-answer', detail: { asked: 'GET /packages', status: 200, server: 'nginx' } },
      ],
      responder: [
        { ...theirs, what: 'accepted', detail: { local: ends, remote: ends } },
        { ...theirs, what: 'request-received', detail: { nonce: place.nonce } },
        { ...theirs, what: 'reply-sent', detail: { nonce: place.nonce } },
      ],
      ...{ carriers: [], elsewhere: [], oneWay: false, mustNotPass: false },
    }
    const names = {
      from: 'agent-1',
      to: 'klserver',
      port: 8060,
      transport: 'tcp' as const,
      at: 'x:1',
      between: 'the box',
    }
    expect(drawVerdict(evidence, { ...names, carrier: null }).verdict).not.toBe('http-rejected')
  })
})
