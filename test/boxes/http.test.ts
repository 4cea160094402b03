/** Real nginx and HAProxy that change HTTP requests on their way, or stop the upgrade to a WebSocket. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Result } from '../../lab/report.ts'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import type { Endpoint } from '../../shared/journal/observation.ts'
import { TOPOLOGY as IOS } from '../ios-mdm/kit.ts'
import { leftOut } from '../requires.ts'
import type { Box } from './box.ts'
import { startHaproxy } from './haproxy.ts'
import { startNginx } from './nginx.ts'

const missing = leftOut('nginx that changes requests', 'nginx', ['-v']) ?? leftOut('HAProxy', 'haproxy', ['-v'])

let lab: Lab
beforeAll(async () => {
  const apart = ['klserver', 'web-console', 'admin-pc', 'agent-1', 'kaspersky']
  const external = loadTopology('lan').hosts.map(({ name }) => name)
  lab = await startLab('lan', { external: external.filter(name => !apart.includes(name)) })
})
afterAll(() => lab.stop())

const nginx = (location: string, path = '') => {
  const { address, port: to } = lab.endpoint('klserver', 8060)
  return startNginx({
    http: ({ port }) =>
      `server { listen 127.0.0.1:${port}; location / { proxy_pass http://${address}:${to}${path}; proxy_http_version 1.1; proxy_set_header Host $http_host; ${location} } }`,
  })
}
const haproxy = (rule: string) => {
  const { address, port: to } = lab.endpoint('klserver', 8060)
  return startHaproxy({
    mode: 'http',
    sections: ({ port }) => `listen web\n  bind 127.0.0.1:${port}\n  ${rule}\n  server web ${address}:${to}`,
  })
}
const arrow16 = async ({ box }: Box): Promise<Result> => {
  const { results } = await lab.verify({ flows: ['16'], route: { 'klserver:8060': box } })
  const result = results.find(({ port }) => port === 8060)
  if (!result) throw new Error('arrow 16 was not exercised')
  return result
}

describe.skipIf(missing)('http-altered, at 8060', () => {
  it.each([
    [
      'nginx takes the nonce away',
      () => nginx('proxy_set_header X-KSC-Lab-Nonce "";'),
      'the header x-ksc-lab-nonce came not at all',
      'let x-ksc-lab-nonce pass',
    ],
    [
      'nginx takes the range away, so that a download that was cut begins anew',
      () => nginx('proxy_set_header Range "";'),
      'the header range came not at all',
      'let range pass',
    ],
    [
      'HAProxy asks for another range',
      () => haproxy('http-request set-header Range bytes=0-9 if { req.hdr(range) -m found }'),
      'the header range came with another value',
      'HAProxy `http-request del-header`, `set-header`',
    ],
    [
      'nginx puts a folder before the path',
      () => nginx('', '/ksc/'),
      'path /ksc/packages instead of /packages',
      '`proxy_pass` without a path',
    ],
    ['nginx changes the method', () => nginx('proxy_method POST;'), 'method POST instead of GET', '`proxy_method`'],
    [
      'HAProxy changes path and Host',
      () => haproxy('http-request set-path /elsewhere\n  http-request set-header Host elsewhere.example'),
      'path /elsewhere instead of /packages, Host elsewhere.example instead of klserver:8060',
      'proxy_set_header Host $http_host;',
    ],
  ])('%s', async (_what, start, change, advice) => {
    await using box = await start()
    const result = await arrow16(box)
    expect(result.verdict, result.explanation).toBe('http-altered')
    expect(result.explanation).toContain(
      `agent-1 sent an HTTP request to klserver:8060/tcp, and another one arrived at klserver: ${change}. The box at 127.0.0.1:${box.port} changes it`,
    )
    expect(result.advice).toContain(advice)
    expect(new Set(result.evidence.filter(({ what }) => what === 'http-request').map(({ at }) => at))).toEqual(
      new Set(['initiator', 'responder']),
    )
  })

  it('is not what a box answers by itself, whatever it changes elsewhere', async () => {
    await using box = await nginx('if ($http_range) { return 413; } proxy_set_header Host other.example;')
    const result = await arrow16(box)
    expect(result.verdict, result.explanation).toBe('http-rejected')
  })
})

describe.skipIf(missing)('beside a delivery at 8060', () => {
  const kinds = ({ findings }: Result) => findings.map(({ kind }) => kind)
  const told = ({ findings }: Result, kind: string) => findings.find(one => one.kind === kind)?.detail

  it('nothing is noticed where nothing is changed', async () => {
    await using box = await nginx('')
    const result = await arrow16(box)
    expect([result.verdict, result.findings]).toEqual(['delivered', []])
  })

  it('header-added: HAProxy names whom it speaks for', async () => {
    await using box = await haproxy('option forwardfor\n  http-request set-header X-Real-IP %[src]')
    const result = await arrow16(box)
    expect([result.verdict, ...kinds(result)]).toEqual(['delivered', 'header-added'])
    expect(told(result, 'header-added')).toBe(
      'the responder got headers that the initiator did not send: x-forwarded-for, x-real-ip',
    )
  })

  it('http-version-changed: nginx speaks HTTP/1.0 onwards', async () => {
    const { address, port: to } = lab.endpoint('klserver', 8060)
    await using box = await startNginx({
      http: ({ port }) =>
        `server { listen 127.0.0.1:${port}; location / { proxy_pass http://${address}:${to}; proxy_http_version 1.0; proxy_set_header Host $http_host; } }`,
    })
    const result = await arrow16(box)
    expect([result.verdict, ...kinds(result)]).toEqual(['delivered', 'http-version-changed'])
    expect(told(result, 'http-version-changed')).toBe('the initiator spoke HTTP/1.1, and HTTP/1.0 arrived')
  })

  it('host-changed: HAProxy asks for its own name', async () => {
    await using box = await haproxy('http-request set-header Host ksc.example')
    const result = await arrow16(box)
    expect([result.verdict, ...kinds(result)]).toEqual(['delivered', 'host-changed'])
    expect(told(result, 'host-changed')).toBe(
      'the initiator asked for Host klserver:8060, the responder was asked for ksc.example',
    )
  })

  it('slow: HAProxy looks at each connection for a while', async () => {
    const { address, port: to } = lab.endpoint('klserver', 8060)
    await using box = await startHaproxy({
      mode: 'tcp',
      sections: ({ port }) =>
        `listen web\n  bind 127.0.0.1:${port}\n  tcp-request inspect-delay 1300ms\n  tcp-request content accept if WAIT_END\n  server web ${address}:${to}`,
    })
    const result = await arrow16(box)
    expect([result.verdict, ...kinds(result)]).toEqual(['delivered', 'slow'])
    expect(told(result, 'slow')).toMatch(/^the answer took 1\.[3-9] s, more than 1 s$/)
  })

  it('source-translated: HAProxy dials from an address of its own', async () => {
    const { address, port: to } = lab.endpoint('klserver', 8060)
    await using box = await startHaproxy({
      mode: 'tcp',
      sections: ({ port }) => `listen web\n  bind 127.0.0.1:${port}\n  server web ${address}:${to} source 127.0.0.77`,
    })
    const result = await arrow16(box)
    expect([result.verdict, ...kinds(result)]).toEqual(['delivered', 'source-translated'])
    expect(told(result, 'source-translated')).toBe('the responder sees 127.0.0.77 where 127.0.0.1 dialled')
  })
})

describe.skipIf(missing)('the WebSocket of 8080', () => {
  const console = async (location: (to: Endpoint) => string) => {
    const { cert, key } = lab.state.credentials.identity('web-console')
    const to = lab.endpoint('web-console', 8080)
    return startNginx({
      files: { 'own.crt': cert, 'own.key': key },
      http: ({ folder, port }) => `server {
        listen 127.0.0.1:${port} ssl; ssl_certificate ${folder}/own.crt; ssl_certificate_key ${folder}/own.key;
        proxy_set_header Host $http_host; proxy_http_version 1.1;
        location / { proxy_pass https://${to.address}:${to.port}; }
        ${location(to)}
      }`,
    })
  }
  const UPGRADE = 'proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";'
  const arrow9a = async ({ box }: Box) =>
    (await lab.verify({ flows: ['9a'], route: { 'web-console:8080': box } })).results

  it('upgrade-refused: nginx without the two headers', async () => {
    await using box = await console(() => '')
    const [result] = await arrow9a(box)
    expect(result?.verdict, result?.explanation).toBe('upgrade-refused')
    expect(result?.explanation).toMatch(
      /^admin-pc asked web-console:8080\/tcp for a WebSocket and got HTTP 426 \(Server: nginx\/[^)]+\) instead of 101: the request reached web-console without its Upgrade header/,
    )
    expect(result?.explanation).toContain(`the box at 127.0.0.1:${box.port} does not pass it on`)
    expect(result?.advice).toContain('proxy_set_header Upgrade $http_upgrade;')
  })

  it('upgrade-refused: nginx answers by itself', async () => {
    await using box = await console(() => 'location /events { return 403; }')
    const [result] = await arrow9a(box)
    expect(result?.verdict, result?.explanation).toBe('upgrade-refused')
    expect(result?.explanation).toContain('got HTTP 403 (Server: nginx/')
    expect(result?.explanation).toContain('web-console saw no such request: the box at')
  })

  it('upgrade-refused: it came, and the Web Console itself said no', async () => {
    await using box = await console(
      ({ address, port }) =>
        `location /events { proxy_pass https://${address}:${port}/nothing; proxy_set_header Host $http_host; ${UPGRADE} }`,
    )
    const [result] = await arrow9a(box)
    expect(result?.verdict, result?.explanation).toBe('upgrade-refused')
    expect(result?.explanation).toContain('got HTTP 404')
    expect(result?.explanation).toContain('web-console got the upgrade and answered so itself')
    expect(result?.advice).toContain('log of web-console')
  })

  it('delivered, with what ending TLS changes: nginx with the two headers', async () => {
    await using box = await console(
      ({ address, port }) =>
        `location /events { proxy_pass https://${address}:${port}; proxy_set_header Host $http_host; ${UPGRADE} }`,
    )
    const [result] = await arrow9a(box)
    expect(result?.verdict, result?.explanation).toBe('delivered')
    expect(result?.findings).toEqual([
      {
        kind: 'tls-reoriginated',
        detail:
          "the responder's ClientHello is not the initiator's: TLS is ended in between, with the responder's own certificate",
      },
      {
        kind: 'sni-changed',
        detail: 'the initiator asked for web-console.lan.ksc-lab.test (SNI), the responder was asked for no name',
      },
      {
        kind: 'alpn-changed',
        detail: 'the initiator offered http/1.1 (ALPN), the responder was offered nothing',
      },
    ])
  })

  it('sni-changed: HAProxy asks for another name', async () => {
    const { cert, key } = lab.state.credentials.identity('web-console')
    const { address, port: to } = lab.endpoint('web-console', 8080)
    await using box = await startHaproxy({
      mode: 'http',
      files: { 'own.pem': `${cert}${key}` },
      sections: ({ folder, port }) =>
        `listen web\n  bind 127.0.0.1:${port} ssl crt ${folder}/own.pem\n  server web ${address}:${to} ssl verify none sni str(other.example) alpn http/1.1`,
    })
    const [result] = await arrow9a(box)
    expect(result?.verdict, result?.explanation).toBe('delivered')
    expect(result?.findings.map(({ kind, detail }) => [kind, detail])).toEqual([
      ['tls-reoriginated', expect.any(String)],
      [
        'sni-changed',
        'the initiator asked for web-console.lan.ksc-lab.test (SNI), the responder was asked for other.example',
      ],
    ])
  })

  it('nothing is noticed where TLS runs through', async () => {
    const { address, port: to } = lab.endpoint('web-console', 8080)
    await using box = await startNginx({
      stream: ({ port }) => `server { listen 127.0.0.1:${port}; proxy_pass ${address}:${to}; }`,
    })
    const [result] = await arrow9a(box)
    expect([result?.verdict, result?.findings]).toEqual(['delivered', []])
  })
})

it.skipIf(missing)(
  'http-altered at 443: nginx changes the body of a report, and the server tells by its signature',
  async () => {
    await using mdm = await startLab(IOS, { settings: { clientCertFrom: ['127.0.0.1'] } })
    const { cert, key } = mdm.state.credentials.identity('ios-mdm')
    const { address, port: to } = mdm.endpoint('ios-mdm', 443)
    await using box = await startNginx({
      files: { 'own.crt': cert, 'own.key': key, 'mobile-ca.crt': mdm.state.credentials.authority('mobile-ca') },
      http: ({ folder, port }) => `
      map $http_x_ksc_lab_nonce $sent { "" $request_body; default "<plist></plist>"; }
      server {
        listen 127.0.0.1:${port} ssl; ssl_certificate ${folder}/own.crt; ssl_certificate_key ${folder}/own.key;
        ssl_client_certificate ${folder}/mobile-ca.crt; ssl_verify_client optional;
        client_max_body_size 4m; client_body_buffer_size 4m; proxy_http_version 1.1;
        location / {
          proxy_pass https://${address}:${to}; proxy_set_header Host $http_host; proxy_set_body $sent;
          proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;
        }
      }`,
    })
    const [result] = (await mdm.verify({ flows: ['17'], route: { 'ios-mdm:443': box.box } })).results
    expect(result?.verdict, result?.explanation).toBe('http-altered')
    expect(result?.explanation).toMatch(/another one arrived at ios-mdm: body 15 bytes instead of \d{6} bytes\./)
    expect(result?.explanation).toContain('Mdm-Signature does not hold')
    expect(result?.advice).toContain('byte by byte')
  },
)
