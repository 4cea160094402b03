/** Real HAProxy and nginx that end TLS in front of ports which ask for a client certificate. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import type { ServerIdentity } from '../../shared/net/host.ts'
import { identityFor } from '../faults/kit.ts'
import { TOPOLOGY as IOS } from '../ios-mdm/kit.ts'
import { leftOut } from '../requires.ts'
import { startHaproxy } from './haproxy.ts'
import { startNginx } from './nginx.ts'

const missing = leftOut('HAProxy that ends TLS', 'haproxy', ['-v']) ?? leftOut('nginx', 'nginx', ['-v'])
const pem = ({ cert, key }: ServerIdentity) => `${cert}\n${key}`

describe.skipIf(missing)('13292 and 13293', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab('reverse-proxy', { seed: 1 })
  })
  afterAll(() => lab.stop())

  /** Ends TLS with the Server's own mobile certificate, and dials on with one of its own, or none. */
  const haproxy = (number: number, own?: ServerIdentity) => {
    const { address, port: to } = lab.endpoint('klserver', number)
    return startHaproxy({
      mode: 'tcp',
      files: { 'mobile.pem': pem(lab.state.credentials.identity('mobile')), ...(own ? { 'own.pem': pem(own) } : {}) },
      sections: ({ folder, port }) =>
        `listen phones\n  bind 127.0.0.1:${port} ssl crt ${folder}/mobile.pem\n  server ksc ${address}:${to} ssl verify none ${own ? `crt ${folder}/own.pem` : ''}`,
    })
  }
  const arrow14 = async (number: number, own?: ServerIdentity) => {
    await using box = await haproxy(number, own)
    const { results } = await lab.verify({
      flows: ['14'],
      timeout: 2_000,
      route: { [`reverse-proxy:${number}`]: box.box },
    })
    return { result: results.find(({ port }) => port === number), port: box.port }
  }

  it('client-certificate-lost: 13293 demands one, and a box that ends TLS has none to show', async () => {
    const { result, port } = await arrow14(13293)
    expect(result?.verdict, result?.explanation).toBe('client-certificate-lost')
    expect(result?.explanation).toMatch(
      /^android-1 showed its client certificate on the way to klserver:13293\/tcp: .*SHA-256 [0-9A-F]{64}\), and klserver saw none: /,
    )
    expect(result?.explanation).toContain(`the box at 127.0.0.1:${port} ends TLS and does not pass it on`)
    expect(result?.advice).toContain('nginx `stream` with `proxy_pass`, HAProxy `mode tcp`')
  })

  it('client-certificate-lost: the box shows one of its own instead', async () => {
    const own = await identityFor('my-box.example')
    const { result } = await arrow14(13293, own)
    expect(result?.verdict, result?.explanation).toBe('client-certificate-lost')
    expect(result?.explanation).toMatch(/and klserver saw another one, CN=my-box\.example \(SHA-256 [0-9A-F]{64}\)/)
    expect(result?.explanation).toContain('klserver refused it: ')
  })

  it('is a finding on 13292, which serves devices without one too', async () => {
    const { result } = await arrow14(13292)
    expect(result?.verdict, result?.explanation).toBe('delivered')
    expect(result?.findings.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['tls-reoriginated', 'client-certificate-lost']),
    )
    expect(result?.findings.find(({ kind }) => kind === 'client-certificate-lost')?.detail).toContain(
      'and the responder saw none; it went on without',
    )
  })
})

describe.skipIf(missing)('443', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab(IOS, { settings: { clientCertFrom: ['127.0.0.1'] } })
  })
  afterAll(() => lab.stop())

  const nginx = (more: string) => {
    const { cert, key } = lab.state.credentials.identity('ios-mdm')
    const { address, port: to } = lab.endpoint('ios-mdm', 443)
    return startNginx({
      files: { 'own.crt': cert, 'own.key': key, 'mobile-ca.crt': lab.state.credentials.authority('mobile-ca') },
      http: ({ folder, port }) => `server {
        listen 127.0.0.1:${port} ssl; ssl_certificate ${folder}/own.crt; ssl_certificate_key ${folder}/own.key;
        ssl_client_certificate ${folder}/mobile-ca.crt; ssl_verify_client optional; client_max_body_size 4m;
        location / { proxy_pass https://${address}:${to}; proxy_http_version 1.1; proxy_set_header Host $http_host; ${more} }
      }`,
    })
  }
  const arrow17 = async (more: string) => {
    await using box = await nginx(more)
    return (await lab.verify({ flows: ['17'], route: { 'ios-mdm:443': box.box } })).results[0]
  }

  it('what nginx does not pass on is a finding, as long as the signature tells the device', async () => {
    const result = await arrow17('')
    expect(result?.verdict, result?.explanation).toBe('delivered')
    expect(result?.findings.map(({ kind }) => kind)).toContain('client-certificate-lost')
  })

  it('and the verdict where that is taken away too', async () => {
    const result = await arrow17('proxy_set_header Mdm-Signature "";')
    expect(result?.verdict, result?.explanation).toBe('client-certificate-lost')
    expect(result?.explanation).toContain('no certificate of a device: none by TLS')
    expect(result?.advice).toContain('proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;')
    expect(result?.advice).toContain('KSC_LAB_CLIENT_CERT_FROM')
  })

  it('passed on in a header it is not lost', async () => {
    const result = await arrow17('proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;')
    expect(result?.verdict, result?.explanation).toBe('delivered')
    expect(result?.findings.map(({ kind }) => kind)).not.toContain('client-certificate-lost')
  })
})
