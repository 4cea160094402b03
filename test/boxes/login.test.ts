/** Real nginx and HAProxy that end TLS on 13299, and what becomes of a login that is good for its connection. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Result } from '../../lab/report.ts'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { leftOut } from '../requires.ts'
import type { Box, BoxPlace } from './box.ts'
import { startHaproxy } from './haproxy.ts'
import { startNginx } from './nginx.ts'

const missing = leftOut('nginx that ends TLS on 13299', 'nginx', ['-v']) ?? leftOut('HAProxy', 'haproxy', ['-v'])

let lab: Lab
beforeAll(async () => {
  const apart = ['klserver', 'web-console']
  const external = loadTopology('lan').hosts.map(({ name }) => name)
  lab = await startLab('lan', { external: external.filter(name => !apart.includes(name)) })
})
afterAll(() => lab.stop())

const server = () => {
  const { address, port } = lab.endpoint('klserver', 13299)
  return `${address}:${port}`
}
const files = () => {
  const { cert, key } = lab.state.credentials.identity('common')
  return { 'common.crt': cert, 'common.key': key, 'common.pem': `${cert}\n${key}` }
}
const listen = ({ folder, port }: BoxPlace) =>
  `listen 127.0.0.1:${port} ssl; ssl_certificate ${folder}/common.crt; ssl_certificate_key ${folder}/common.key;`
const nginx = (before: string, to: string, location = '') =>
  startNginx({
    http: place =>
      `${before} server { ${listen(place)} location / { proxy_pass https://${to}; proxy_http_version 1.1; proxy_set_header Host $http_host; ${location} } }`,
    files: files(),
  })
const haproxy = (reuse: string) =>
  startHaproxy({
    mode: 'http',
    sections: ({ folder, port }) =>
      `listen openapi\n  bind 127.0.0.1:${port} ssl crt ${folder}/common.pem\n  http-reuse ${reuse}\n  server klserver ${server()} ssl verify none`,
    files: files(),
  })

async function arrow9({ box }: Box): Promise<Result> {
  const { results } = await lab.verify({ flows: ['9'], route: { 'klserver:13299': box } })
  const [result] = results
  if (!result) throw new Error('arrow 9 was not exercised')
  return result
}

describe.skipIf(missing)('a login on 13299', () => {
  it.each([
    [
      'nginx, stream',
      () =>
        startNginx({
          stream: place => `server { ${listen(place)} proxy_pass ${server()}; proxy_ssl on; }`,
          files: files(),
        }),
    ],
    ['HAProxy, http-reuse never', () => haproxy('never')],
  ])('stays with its connection: %s', async (_what, start) => {
    await using box = await start()
    const result = await arrow9(box)
    expect([result.verdict, result.explanation]).toEqual(['delivered', expect.any(String)])
    expect(result.findings.map(({ kind }) => kind)).toContain('tls-reoriginated')
  })

  it('is lost where every request has a connection of its own: nginx', async () => {
    await using box = await nginx('', server(), 'proxy_set_header Connection close;')
    const result = await arrow9(box)
    expect(result.verdict, result.explanation).toBe('login-lost')
    expect(result.explanation).toMatch(
      /^web-console logged in at klserver:13299\/tcp and was not known on the same connection a moment later: its requests came to klserver on several, since the box at 127\.0\.0\.1:\d+ gives each the next best\./,
    )
    expect(result.advice).toContain('nginx `stream`')
  })

  it.each([
    [
      'nginx, keepalive',
      () =>
        nginx(`upstream klserver { server ${server()}; keepalive 4; }`, 'klserver', 'proxy_set_header Connection "";'),
    ],
    ['HAProxy, http-reuse always', () => haproxy('always')],
  ])('lets in others where connections are shared: %s', async (_what, start) => {
    await using box = await start()
    const result = await arrow9(box)
    expect(result.verdict, result.explanation).toBe('login-lost')
    expect(result.explanation).toContain(
      'on another one, without a login, it was let in as well: both came to klserver as one',
    )
    expect(result.explanation).toContain('Whoever else comes by there is logged in, too')
  })

  it('that is refused is not lost: 9 and 6', async () => {
    const apart = ['klserver', 'web-console', 'admin-pc']
    await using strict = await startLab('lan', {
      external: loadTopology('lan')
        .hosts.map(({ name }) => name)
        .filter(name => !apart.includes(name)),
      settings: { loginFrom: ['192.0.2.1'] },
    })
    const { results } = await strict.verify({ flows: ['6', '9'] })
    expect(results.map(({ flow }) => flow).sort()).toEqual(['6', '9'])
    for (const { verdict, explanation, advice } of results) {
      expect(verdict, explanation).toBe('login-refused')
      expect(explanation).toMatch(
        /^(web-console|admin-pc) reached klserver:\d+\/tcp, and klserver did not let it in: .*Administration Server authentication error: 127\.\d+\.\d+\.\d+ is not on the list of allowed addresses/,
      )
      expect(advice).toContain('KSC_LAB_LOGIN_FROM')
    }
  })
})
