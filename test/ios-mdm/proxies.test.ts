/** Real proxies that end TLS in front of the iOS MDM Server and pass the client certificate on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import type { Endpoint } from '../../shared/journal/observation.ts'
import type { Box } from '../boxes/box.ts'
import { startHaproxy } from '../boxes/haproxy.ts'
import { startNginx } from '../boxes/nginx.ts'
import { leftOut } from '../requires.ts'
import { CONNECT, managedPhone, newPhone, TOPOLOGY } from './kit.ts'

type Files = Readonly<Record<string, string>>

interface Proxy {
  command: string
  start: (to: Endpoint, files: Files) => Promise<Box>
}

const nginx = (more: string): Proxy => ({
  command: 'nginx',
  start: ({ address, port: to }, files) =>
    startNginx({
      files,
      http: ({ folder, port }) => `server_tokens off;
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${folder}/own.crt; ssl_certificate_key ${folder}/own.key;
    ssl_client_certificate ${folder}/mobile-ca.crt; ssl_verify_client optional;
    ${more}
    location / {
      proxy_pass https://${address}:${to};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;
      proxy_set_header Client-Cert "";
    }
  }`,
    }),
})

const haproxy: Proxy = {
  command: 'haproxy',
  start: ({ address, port: to }, files) =>
    startHaproxy({
      mode: 'http',
      files,
      sections: ({ folder, port }) => `frontend phones
  bind 127.0.0.1:${port} ssl crt ${folder}/own.pem ca-file ${folder}/mobile-ca.crt verify optional
  http-request del-header X-SSL-Client-Cert
  http-request del-header Client-Cert
  http-request set-header Client-Cert :%[ssl_c_der,base64]: if { ssl_c_used }
  default_backend mdm
backend mdm
  server mdm ${address}:${to} ssl verify none`,
    }),
}

async function start(lab: Lab, proxy: Proxy) {
  const { cert, key } = lab.state.credentials.identity('ios-mdm')
  const started = await proxy.start(lab.endpoint('ios-mdm', 443), {
    'own.crt': cert,
    'own.key': key,
    'own.pem': `${cert}${key}`,
    'mobile-ca.crt': lab.state.credentials.authority('mobile-ca'),
  })
  return {
    at: { address: started.box.host, port: started.port },
    route: { 'ios-mdm:443': started.box },
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  }
}

let lab: Lab
beforeAll(async () => {
  lab = await startLab(TOPOLOGY, { settings: { clientCertFrom: ['127.0.0.1'] } })
})
afterAll(() => lab.stop())

const BODIES = 'client_max_body_size 4m;'

describe.each([
  ['nginx', nginx(BODIES)],
  ['HAProxy', haproxy],
] as const)('behind %s', (name, proxy) => {
  const missing = leftOut(`the iOS MDM Server behind ${name}`, proxy.command, ['-v'])

  it.skipIf(missing !== null)('a device is known by its certificate alone, which the proxy passes on', async () => {
    await using box = await start(lab, proxy)
    const phone = await newPhone(lab)
    const through = { by: 'tls', at: box.at } as const
    expect((await phone.authenticate(through)).status).toBe(200)
    expect((await phone.tokenUpdate(through)).status).toBe(200)
    const uuid = await phone.queue('ProfileList')
    expect(await phone.asks(phone.idle(through))).toBe(uuid)
    expect(await phone.idle({ by: 'nothing', at: box.at })).toMatchObject({ status: 400 })
    const body = Buffer.alloc(2 * 1024 * 1024, ' ')
    const report = `<plist><dict><key>UDID</key><string>${phone.udid}</string><key>Status</key><string>Acknowledged</string><key>CommandUUID</key><string>${uuid}</string></dict></plist>`
    body.write(report, 0)
    expect((await phone.put('/mdm/connect', body, { ...through, type: CONNECT })).status).toBe(200)
    expect((await phone.command(uuid)).state).toBe('acknowledged')
  })

  it.skipIf(missing !== null)('a header from outside is not passed on', async () => {
    await using box = await start(lab, proxy)
    const [phone, other] = [await managedPhone(lab), await managedPhone(lab)]
    const forged = {
      'client-cert': `:${Buffer.from(other.identity.cert.replace(/-----[^-]+-----|\n/g, ''), 'base64').toString('base64')}:`,
      'x-ssl-client-cert': encodeURIComponent(other.identity.cert),
    }
    for (const [header, value] of Object.entries(forged)) {
      expect((await phone.idle({ by: 'tls', at: box.at, headers: { [header]: value } })).status).toBe(200)
      other.by = 'nothing'
      expect((await other.idle({ at: box.at, headers: { [header]: value } })).status).toBe(400)
    }
  })

  it.skipIf(missing !== null)('arrow 17 is delivered', async () => {
    await using box = await start(lab, proxy)
    const { results } = await lab.verify({ route: box.route })
    expect(results.map(({ verdict, explanation }) => [verdict, explanation])).toEqual([
      ['delivered', expect.any(String)],
      ['delivered', expect.any(String)],
    ])
  })
})

describe('behind nginx with its default limit lowered', () => {
  const missing = leftOut('the limit of nginx', 'nginx', ['-v'])
  it.skipIf(missing !== null)('the report of arrow 17 is refused, and the answer’s author is named', async () => {
    await using box = await start(lab, nginx('client_max_body_size 128k;'))
    const [result] = (await lab.verify({ route: box.route })).results
    expect(result?.verdict).not.toBe('delivered')
    const said = result?.evidence.find(({ what }) => what === 'exercise-failed')
    expect(said?.detail).toMatchObject({ code: 'HTTP_413', message: expect.stringContaining('answered by "nginx"') })
  })
})
