/** Real proxies that end TLS in front of the iOS MDM Server and pass the client certificate on. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import type { Endpoint } from '../../shared/journal/observation.ts'
import { leftOut } from '../requires.ts'
import { CONNECT, managedPhone, newPhone, TOPOLOGY } from './kit.ts'

interface Proxy {
  command: string
  args: (file: string) => string[]
  /** Its configuration, for the files of a folder. */
  configuration: (folder: string, listen: number, to: Endpoint) => string
  /** By which it passes the certificate on. */
  header: string
}

const nginx = (more: string): Proxy => ({
  command: 'nginx',
  args: file => ['-c', file, '-e', 'stderr'],
  header: 'x-ssl-client-cert',
  configuration: (folder, listen, { address, port }) => `
${process.getuid?.() === 0 ? 'user root; ' : ''}daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr warn;
events { worker_connections 64; }
http {
  access_log off; server_tokens off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  server {
    listen 127.0.0.1:${listen} ssl;
    ssl_certificate ${folder}/own.crt; ssl_certificate_key ${folder}/own.key;
    ssl_client_certificate ${folder}/mobile-ca.crt; ssl_verify_client optional;
    ${more}
    location / {
      proxy_pass https://${address}:${port};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;
      proxy_set_header Client-Cert "";
    }
  }
}
`,
})

const haproxy: Proxy = {
  command: 'haproxy',
  args: file => ['-f', file],
  header: 'client-cert',
  configuration: (folder, listen, { address, port }) => `
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend phones
  bind 127.0.0.1:${listen} ssl crt ${folder}/own.pem ca-file ${folder}/mobile-ca.crt verify optional
  http-request del-header X-SSL-Client-Cert
  http-request del-header Client-Cert
  http-request set-header Client-Cert :%[ssl_c_der,base64]: if { ssl_c_used }
  default_backend mdm
backend mdm
  server mdm ${address}:${port} ssl verify none
`,
}

/** Nobody else takes the number between its release and the proxy's start: the test has its own loopback, or is alone with it. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

async function start(lab: Lab, { command, args, configuration }: Proxy) {
  const folder = mkdtempSync(join(tmpdir(), 'ksc-lab-mdm-proxy-'))
  const { cert, key } = lab.state.credentials.identity('ios-mdm')
  const files = { 'own.crt': cert, 'own.key': key, 'own.pem': `${cert}${key}` }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  writeFileSync(join(folder, 'mobile-ca.crt'), lab.state.credentials.authority('mobile-ca'))
  const port = await freePort()
  const file = join(folder, 'proxy.conf')
  writeFileSync(file, configuration(folder, port, lab.endpoint('ios-mdm', 443)))
  const child: ChildProcess = spawn(command, args(file), { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr?.on('data', chunk => {
    said += chunk
  })
  const up = async () => {
    for (;;) {
      if (child.exitCode !== null) throw new Error(`${command} ended: ${said}`)
      const socket = connect(port, '127.0.0.1')
      const ok = await Promise.race([
        once(socket, 'connect').then(() => true),
        once(socket, 'error').then(
          () => false,
          () => false,
        ),
      ]).catch(() => false)
      socket.destroy()
      if (ok) return
      await sleep(20)
    }
  }
  await up()
  return {
    at: { address: '127.0.0.1', port },
    route: { 'ios-mdm:443': { host: '127.0.0.1', port } },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
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
