/** The table "How they break" of docs/reverse-proxy.md: each mistake, made in an example, and the word that it is given. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, carried, missing, type Stage, stage } from './kit.ts'

interface Case {
  port: string
  arrow: string
  verdict: string
  /** The file, what stands there, and what in its place; none: without the environment that the README gives to `verify`. */
  mistake: [file: string, from: string | RegExp, to: string] | null
  /** Devices know the Server already. */
  known?: true
}

const ENDED = (crt: string) =>
  `so_keepalive=on ssl; ssl_certificate certificates/${crt}.crt; ssl_certificate_key certificates/${crt}.key; proxy_ssl on;`

const CASES: Record<string, Case[]> = {
  'nginx-stream': [
    {
      ...{ port: '8060', arrow: '16', verdict: 'closed' },
      mistake: ['nginx.conf', 'klserver.lan.ksc-lab.test:8060', '127.10.0.99:8060'],
    },
    { port: '13000/udp', arrow: '3', verdict: 'refused', mistake: ['nginx.conf', /^.* udp;.*$/m, ''] },
    {
      ...{ port: '17000', arrow: '5', verdict: 'proxy-header' },
      mistake: ['nginx.conf', /(test:17000 so_keepalive=on;)/, '$1 proxy_protocol on;'],
    },
    {
      ...{ port: '17100', arrow: '15a', verdict: 'wrong-responder' },
      mistake: ['nginx.conf', 'klserver.lan.ksc-lab.test:17100', 'klserver.lan.ksc-lab.test:8061'],
    },
  ],
  'nginx-http': [
    {
      ...{ port: '8080', arrow: '9a', verdict: 'upgrade-refused' },
      mistake: ['nginx.conf', /^.* proxy_set_header (Upgrade|Connection) .*$/gm, ''],
    },
    {
      ...{ port: '8061', arrow: '16', verdict: 'http-altered' },
      mistake: [
        'nginx.conf',
        '{ proxy_pass https://klserver.lan.ksc-lab.test:8061;',
        '{ proxy_set_header Range ""; proxy_pass https://klserver.lan.ksc-lab.test:8061;',
      ],
    },
    {
      ...{ port: '13000', arrow: '4', verdict: 'tls-intercepted', known: true },
      mistake: ['nginx.conf', /(?<=test:13000 )so_keepalive=on;/, ENDED('klserver/web-server')],
    },
    {
      ...{ port: '13293', arrow: '14', verdict: 'client-certificate-lost' },
      mistake: ['nginx.conf', /(?<=test:13293 )so_keepalive=on;/, ENDED('klserver/mobile')],
    },
    {
      ...{ port: '8061', arrow: '16', verdict: 'http-rejected' },
      mistake: ['nginx.conf', 'https://klserver.lan.ksc-lab.test:8061', 'http://klserver.lan.ksc-lab.test:8061'],
    },
    {
      ...{ port: '8061', arrow: '16', verdict: 'tls-intercepted' },
      mistake: ['nginx.conf', /klserver\/web-server/g, 'klserver/common'],
    },
    {
      ...{ port: '443', arrow: '17', verdict: 'http-rejected' },
      mistake: ['nginx.conf', 'client_max_body_size 4m', 'client_max_body_size 128k'],
    },
  ],
  'haproxy-sni': [
    { port: '443', arrow: '17', verdict: 'closed', mistake: ['haproxy.cfg', /^.*tcp-request .*$/gm, ''] },
  ],
  'haproxy-client-cert': [
    // First: afterwards the device is enrolled.
    {
      port: '443',
      arrow: '17',
      verdict: 'tls-refused',
      mistake: ['haproxy.cfg', 'verify optional', 'verify required'],
    },
    { port: '443', arrow: '17', verdict: 'client-certificate-lost', mistake: null },
  ],
  caddy: [
    {
      ...{ port: '8080', arrow: '9a', verdict: 'http-rejected' },
      mistake: ['Caddyfile', /^.*tls_trusted_ca_certs.*$/m, ''],
    },
  ],
}

const page = readFileSync(new URL('../../docs/reverse-proxy.md', import.meta.url), 'utf8')
const rows = [...page.matchAll(/^\| (\S+) \| .* \| (\S+) \| (\S+) \| \[`(\S+)`\]\(verdicts\.md#\4\) \|$/gm)].map(
  ([, port, example, arrow, verdict]) => [port, example, arrow, verdict].join(' '),
)

it('docs/reverse-proxy.md has these and no other', () => {
  const here = Object.entries(CASES).flatMap(([example, cases]) =>
    cases.map(({ port, arrow, verdict }) => [port, example, arrow, verdict].join(' ')),
  )
  expect(rows.toSorted()).toEqual(here.toSorted())
})

it.each(Object.keys(CASES))('the typical mistake of %s is one of them', example => {
  const readme = readFileSync(new URL(`../../examples/${example}/README.md`, import.meta.url), 'utf8')
  const [, word] = /The typical mistake.*\[`([a-z-]+)`\]\(\.\.\/\.\.\/docs\/verdicts\.md#\1\)/.exec(readme) ?? []
  expect(CASES[example]?.map(({ verdict }) => verdict)).toContain(word)
})

const absent = missing(['nginx', '-v'], ['haproxy', '-v'], ['caddy', 'version'])

describe.skipIf(absent).each(Object.entries(CASES))('in %s', (example, cases) => {
  let on: Stage
  beforeAll(async () => {
    on = await stage(example)
  })
  afterAll(() => on[Symbol.asyncDispose]())

  it.each(cases)('$port, arrow $arrow: $verdict', async ({ port, arrow, verdict, mistake, known }) => {
    if (known) {
      on.restore()
      await on.start(...at(443, 8080, 13000))
      expect((await on.verify(`--flow ${arrow}`)).code).toBe(0)
    }
    if (mistake) on.mistake(...mistake)
    else on.restore()
    await on.start(...at(443, 8080, 13000))
    const { code, report } = await on.verify(`--flow ${arrow}`, mistake === null)
    const results = carried(report).filter(result => result.port === Number.parseInt(port, 10))
    expect(results.length).toBeGreaterThan(0)
    // FIN, or RST where the first bytes had come by then.
    const words = verdict === 'closed' ? ['closed', 'reset'] : [verdict]
    for (const result of results) expect(words, `${result.explanation}; ${result.advice}`).toContain(result.verdict)
    // Nothing else of that arrow comes to grief.
    expect(report.results.filter(({ asExpected }) => !asExpected)).toHaveLength(results.length)
    expect(code).toBe(1)
  })
})
