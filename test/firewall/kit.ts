/** Three network namespaces: a client, a firewall that forwards, a server behind it; and the firewall's management on a socket. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'undici'
import type { Attempt } from '../../lab/firewall/attempt.ts'
import type { Rulings } from '../../shared/verdict/ruling.ts'
import { type Ran, temporary } from '../cli/kit.ts'

export const CLIENT = '192.0.2.10'
export const SERVER = '203.0.113.10'
const INNER = '192.0.2.254'
const OUTER = '203.0.113.254'
/** Answers on 7, by TCP and UDP. */
const LISTENER = `require('net').createServer(s => s.end()).listen(7);
const u = require('dgram').createSocket('udp4').on('message', (m, at) => u.send(m, at.port, at.address)).bind(7)`
const TOKEN = 'a token of the state folder'

export interface Fence extends AsyncDisposable {
  /** Replaces all rules. */
  load(rules: string): Promise<void>
  listing(...args: string[]): Promise<string>
  /** Traces while the client makes these attempts, once each. */
  trace(...attempts: Attempt[]): Promise<Rulings[]>
  ask(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: unknown,
    token?: string,
  ): Promise<{ status: number; body: unknown }>
  /** A signal for the management; resolves with its exit code. */
  end(): Promise<number | null>
}

export const tcp = (port: number, destination = SERVER): Attempt => ({
  source: CLIENT,
  destination,
  transport: 'tcp',
  port,
})
export const udp = (port: number, destination = SERVER): Attempt => ({ ...tcp(port, destination), transport: 'udp' })

/** @param lease ms after which what nobody asks for again is undone */
export async function fence(lease = 60_000): Promise<Fence> {
  const [client, firewall, server] = await Promise.all([namespace(), namespace(), namespace()])
  const all = [client, firewall, server]
  const state = temporary()
  await run(
    'ip',
    'link',
    'add',
    'inner',
    'netns',
    String(firewall.pid),
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    String(client.pid),
  )
  await run(
    'ip',
    'link',
    'add',
    'outer',
    'netns',
    String(firewall.pid),
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    String(server.pid),
  )
  const configure = (where: ChildProcess, lines: string) => inside(where, 'sh', '-ec', `ip link set lo up\n${lines}`)
  await configure(
    firewall,
    `ip address add ${INNER}/24 dev inner; ip link set inner up; ip address add ${OUTER}/24 dev outer; ip link set outer up; echo 1 > /proc/sys/net/ipv4/ip_forward`,
  )
  await configure(
    client,
    `ip address add ${CLIENT}/24 dev eth0; ip link set eth0 up; ip route add default via ${INNER}`,
  )
  await configure(
    server,
    `ip address add ${SERVER}/24 dev eth0; ip link set eth0 up; ip route add default via ${OUTER}`,
  )
  all.push(spawn('nsenter', ['-t', String(server.pid), '-n', process.execPath, '-e', LISTENER], { stdio: 'ignore' }))
  const socketPath = join(state.path, 'socket')
  const script = fileURLToPath(new URL('./serve-here.ts', import.meta.url))
  const management = spawn(
    'nsenter',
    ['-t', String(firewall.pid), '-n', process.execPath, script, socketPath, TOKEN, String(lease)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = once(management, 'close') as Promise<[number | null]>
  await Promise.race([
    once(management.stdout, 'data'),
    ended.then(() => Promise.reject(new Error('the management ended'))),
  ])
  const http = new Client('http://firewall', { socketPath })

  const ask: Fence['ask'] = async (method, path, body, token = TOKEN) => {
    const { statusCode, body: answer } = await http.request({
      method,
      path,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: statusCode, body: text === '' ? null : JSON.parse(text) }
  }
  const attempt = ({ transport, destination, port }: Attempt) =>
    inside(
      client,
      'bash',
      '-c',
      `timeout 0.3 bash -c 'echo ksc-lab > /dev/${transport}/${destination}/${port}' 2>/dev/null; true`,
    )
  return {
    ask,
    load: async rules => {
      await inside(firewall, 'nft', `flush ruleset\n${rules.replaceAll('} }', '}\n}').replaceAll('}; ', '}\n')}`)
    },
    listing: (...args) => inside(firewall, 'nft', ...args),
    async trace(...attempts) {
      const { status, body } = await ask('POST', '/traces', { attempts })
      if (status !== 201) throw new Error(JSON.stringify(body))
      await Promise.all(attempts.map(attempt))
      return (await ask('DELETE', `/traces/${(body as { id: string }).id}`)).body as Rulings[]
    },
    async end() {
      management.kill('SIGTERM')
      return (await ended)[0]
    },
    async [Symbol.asyncDispose]() {
      await http.destroy()
      for (const child of [management, ...all]) child.kill('SIGKILL')
      await Promise.all([ended, ...all.map(child => child.exitCode ?? child.signalCode ?? once(child, 'close'))])
      state[Symbol.dispose]()
    },
  }
}

async function namespace(): Promise<ChildProcess> {
  const child = spawn('unshare', ['-n', 'sh', '-c', 'echo; exec sleep 600'], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}

async function run(command: string, ...args: string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const ran: Ran = { code: null, stdout: '', stderr: '' }
  child.stdout.on('data', chunk => (ran.stdout += chunk))
  child.stderr.on('data', chunk => (ran.stderr += chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${ran.stderr}`)
  return ran.stdout
}

const inside = ({ pid }: ChildProcess, command: string, ...args: string[]) =>
  run('nsenter', '-t', String(pid), '-n', command, ...args)
