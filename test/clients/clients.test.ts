/** Clients of the OpenAPI as they are in the world, against a lab that the CLI runs, as it comes. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startNginx } from '../boxes/nginx.ts'
import { type Ready, run, temporary, up } from '../cli/kit.ts'
import { leftOut } from '../requires.ts'

const missing = [
  leftOut('Python clients of the OpenAPI', 'python3', ['-c', 'import requests']),
  leftOut('curl as a client of the OpenAPI', 'curl', ['--version']),
  leftOut('curl as a client of the OpenAPI', 'jq', ['--version']),
  leftOut('clients of the OpenAPI behind nginx', 'nginx', ['-v']),
].find(Boolean)

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const CLIENTS = {
  klakoapi: { command: ['python3', script('klakoapi.py')], env: {} },
  connector: { command: ['python3', script('connector.py')], env: {} },
  'connector with sessions': { command: ['python3', script('connector.py')], env: { SESSIONS: '1' } },
  // As go-ksc and a Node script do it, of which neither is to be had here.
  'go and node': { command: [process.execPath, script('session-token.mjs')], env: {} },
  curl: { command: ['bash', script('curl.sh')], env: {} },
} as const
type ClientName = keyof typeof CLIENTS
const NAMES = Object.keys(CLIENTS) as ClientName[]

describe.skipIf(missing)('clients of the OpenAPI', () => {
  const folder = temporary()
  let lab: { ready: Ready; child: Awaited<ReturnType<typeof up>>['child'] }
  let port = 0
  const certs = join(folder.path, 'certs')
  const ca = join(certs, 'klserver/common.crt')

  beforeAll(async () => {
    const state = join(folder.path, 'state')
    lab = await up(state, undefined, { KSC_LAB_LOG: 'trace' })
    port = lab.ready.hosts.klserver?.listeners.find(({ flow }) => flow.includes('9'))?.port ?? 0
    expect((await run(['certs', 'export', certs, '--state', state])).code).toBe(0)
  })
  afterAll(async () => {
    lab?.child.kill('SIGTERM')
    await lab?.child.done
    folder[Symbol.dispose]()
  })

  async function client(name: ClientName, to = port) {
    const { command, env } = CLIENTS[name]
    const { user, password } = lab.ready.credentials.administrator
    const child = spawn(command[0], [command[1]], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 30_000,
      env: {
        ...process.env,
        ...env,
        ...{
          URL: `https://127.0.0.1:${to}`,
          CA: ca,
          REQUESTS_CA_BUNDLE: ca,
          NODE_EXTRA_CA_CERTS: ca,
          KSC_USER: user,
          KSC_PASSWORD: password,
        },
      },
    })
    const said = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].on('data', chunk => {
        said[stream] += chunk
      })
    const code = await new Promise(resolve => child.on('close', resolve))
    return { code, stderr: said.stderr, got: said.stdout === '' ? null : JSON.parse(said.stdout) }
  }

  const everything = {
    code: 0,
    stderr: '',
    got: {
      hosts: ['agent-1', 'agent-2'],
      groups: ['Managed devices', 'Unassigned devices'],
      policies: expect.arrayContaining([expect.any(String)]),
      tasks: expect.arrayContaining([expect.any(String)]),
      loggedIn: true,
    },
  }

  /** The one that also runs a task says how it ended: on both devices, well. */
  const wanted = (name: ClientName) =>
    name === 'klakoapi' ? { ...everything, got: { ...everything.got, ran: [4] } } : everything

  it('each gets what it asks for, and nobody disturbs another', async () => {
    // The first login is an event that all others read.
    expect(await client('curl')).toEqual(everything)
    const all = await Promise.all([...NAMES, ...NAMES].map(name => client(name)))
    expect(all).toEqual([...NAMES, ...NAMES].map(wanted))
  })

  const tls = () => `ssl_certificate ${ca}; ssl_certificate_key ${join(certs, 'klserver/common.key')};`

  it('behind nginx that ends TLS and keeps connections apart, all are served', async () => {
    await using box = await startNginx({
      stream: ({ port: own }) =>
        `server { listen 127.0.0.1:${own} ssl; ${tls()} proxy_pass 127.0.0.1:${port}; proxy_ssl on; }`,
    })
    expect(await Promise.all(NAMES.map(name => client(name, box.port)))).toEqual(NAMES.map(wanted))
  })

  it('behind nginx that mixes connections, those who log in on theirs fail, and the others are served', async () => {
    await using box = await startNginx({
      http: ({ port: own }) =>
        `server { listen 127.0.0.1:${own} ssl; ${tls()} location / { proxy_pass https://127.0.0.1:${port}; } }`,
    })
    const [failed, ...served] = await Promise.all(NAMES.map(name => client(name, box.port)))
    expect(failed).toMatchObject({ code: 1, got: null, stderr: expect.stringContaining('401 Authentication failure') })
    expect(served).toEqual(NAMES.slice(1).map(wanted))
  })

  it('after all that no password and no session stands in the log of the lab', async () => {
    lab.child.kill('SIGTERM')
    const { stderr } = await lab.child.done
    const { password } = lab.ready.credentials.administrator
    expect(stderr).toContain('an OpenAPI call was not let in')
    expect(stderr).not.toContain(password)
    expect(stderr).not.toContain(Buffer.from(password).toString('base64'))
    expect(stderr).not.toMatch(/\bn[A-Za-z0-9+/]{22}==/)
  })

  it('none carries anything of the lab', () => {
    for (const { command } of Object.values(CLIENTS)) expect(readFileSync(command[1], 'utf8')).not.toMatch(/ksc.?lab/i)
  })
})
