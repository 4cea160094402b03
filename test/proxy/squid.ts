/** Real Squid as the forward proxy of arrow 8. */
import { execFile, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporary } from '../cli/kit.ts'
import { leftOut } from '../requires.ts'

export const missing = leftOut('real Squid', 'squid', ['-v'])
const CERTGEN = '/usr/lib/squid/security_file_certgen'
export const withoutTls = missing || !existsSync(CERTGEN)

export interface Squid extends AsyncDisposable {
  port: number
  log(): string
}

interface Configured {
  /** Directives of squid.conf. */
  lines?: readonly string[]
  /** Names that it resolves; everything else it does not. */
  names?: Readonly<Record<string, string>>
  /** `user:password` of its Basic authentication. */
  login?: string
  /** PEM of certificate and key with which it ends TLS. */
  bump?: string
  /** PEM of whom it trusts behind it. */
  trusts?: string
}

const free = (): Promise<number> =>
  new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

export async function startSquid({ lines = [], names = {}, login, bump, trusts }: Configured = {}): Promise<Squid> {
  const folder = temporary()
  const at = (name: string) => join(folder.path, name)
  // Squid leaves root for another user, who has to get here.
  chmodSync(folder.path, 0o777)
  const port = await free()
  const write = (name: string, text: string) => writeFileSync(at(name), text, { mode: 0o644 })
  const hosts = Object.entries(names).map(([name, address]) => `${address} ${name}\n`)
  write('hosts', hosts.join(''))
  if (bump) {
    write('bump.pem', bump)
    const made = spawnSync(CERTGEN, ['-c', '-s', at('certificates'), '-M', '4MB'])
    if (made.status !== 0) throw new Error(`security_file_certgen: ${made.stderr}`)
    spawnSync('chmod', ['-R', '777', at('certificates')])
  }
  if (trusts) write('trusted.pem', trusts)
  if (login) {
    const [, user, password = ''] = /^([^:]*):(.*)$/.exec(login) ?? []
    const { stdout } = await promisify(execFile)('openssl', ['passwd', '-apr1', password])
    write('users', `${user}:${stdout.trim()}\n`)
  }
  mkdirSync(at('log'), { mode: 0o777 })
  chmodSync(at('log'), 0o777)
  const tls = bump
    ? ` ssl-bump tls-cert=${at('bump.pem')} generate-host-certificates=on dynamic_cert_mem_cache_size=4MB`
    : ''
  const conf = [
    `http_port 127.0.0.1:${port}${tls}`,
    `pid_filename ${at('squid.pid')}`,
    `access_log stdio:${at('log/access.log')}`,
    `cache_log ${at('log/cache.log')}`,
    `coredump_dir ${folder.path}`,
    `hosts_file ${at('hosts')}`,
    'dns_nameservers 127.0.0.1',
    'dns_timeout 1 seconds',
    'dns_retransmit_interval 500 milliseconds',
    'cache deny all',
    'shutdown_lifetime 0 seconds',
    'pinger_enable off',
    ...(bump ? [`sslcrtd_program ${CERTGEN} -s ${at('certificates')} -M 4MB`] : []),
    ...(trusts ? [`tls_outgoing_options cafile=${at('trusted.pem')}`] : []),
    ...(login
      ? [
          `auth_param basic program /usr/lib/squid/basic_ncsa_auth ${at('users')}`,
          'auth_param basic realm ksc-lab',
          'acl known proxy_auth REQUIRED',
          'http_access deny !known',
        ]
      : []),
    ...lines,
    'http_access allow all',
    '',
  ]
  write('squid.conf', conf.join('\n'))
  const child = spawn('squid', ['-N', '-f', at('squid.conf'), '-n', `t${port}`], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk))
  const closed = new Promise<void>(resolve => child.once('close', () => resolve()))
  const log = () => {
    const parts = ['log/cache.log', 'log/access.log'].filter(name => existsSync(at(name)))
    return parts.map(name => readFileSync(at(name), 'utf8')).join('\n') + said
  }
  const listening = () => log().includes('Accepting')
  const until = Date.now() + 20_000
  while (!listening()) {
    if (child.exitCode !== null || Date.now() > until) throw new Error(`squid does not listen: ${log()}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  return {
    port,
    log,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await closed
      folder[Symbol.dispose]()
    },
  }
}
