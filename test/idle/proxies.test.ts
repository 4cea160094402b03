/** Real proxies with their own time-outs between the two ends of a long-lived connection. */
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

interface Proxy {
  command: string
  args: (file: string) => string[]
  configuration: (folder: string, listen: number, to: Endpoint, seconds: number) => string
}

const haproxy: Proxy = {
  command: 'haproxy',
  args: file => ['-f', file],
  configuration: (_folder, listen, { address, port }, seconds) => `
defaults
  mode tcp
  timeout connect 5s
  timeout client ${seconds}s
  timeout server ${seconds}s
listen ksc
  bind 127.0.0.1:${listen}
  server ksc ${address}:${port}
`,
}

const nginx: Proxy = {
  command: 'nginx',
  args: file => ['-c', file, '-e', 'stderr'],
  configuration: (folder, listen, { address, port }, seconds) => `
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
${process.getuid?.() === 0 ? 'user root; ' : ''}daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr warn;
events { worker_connections 64; }
stream { server { listen 127.0.0.1:${listen}; proxy_pass ${address}:${port}; proxy_timeout ${seconds}s; } }
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

const listens = (port: number) =>
  new Promise<boolean>(resolve => {
    const socket = connect(port, '127.0.0.1')
    const over = (ok: boolean) => {
      socket.destroy()
      resolve(ok)
    }
    socket.once('connect', () => over(true)).once('error', () => over(false))
  })

async function start({ command, args, configuration }: Proxy, to: Endpoint, seconds: number) {
  const folder = mkdtempSync(join(tmpdir(), 'ksc-lab-idle-'))
  const port = await freePort()
  const file = join(folder, 'proxy.conf')
  writeFileSync(file, configuration(folder, port, to, seconds))
  const child: ChildProcess = spawn(command, args(file), { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr?.on('data', chunk => {
    said += chunk
  })
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`${command} ended: ${said}`)
    await sleep(20)
  }
  return {
    box: { host: '127.0.0.1', port },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

describe.each([
  ['HAProxy', 'timeout client', haproxy],
  ['nginx stream', 'proxy_timeout', nginx],
] as const)('%s', (name, directive, proxy) => {
  const missing = leftOut(`long-lived connections through ${name}`, proxy.command, ['-v'])
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab('gateway', { seed: 1 })
  })
  afterAll(() => lab.stop())

  const held = async (flow: string, port: string, seconds: number) => {
    const [host = '', number = ''] = port.split(':')
    await using started = await start(proxy, lab.endpoint(host, Number(number)), seconds)
    return (await lab.verify({ flows: [flow], route: { [port]: started.box }, timeout: 1_000, idle: 2_500 })).results
  }

  it.skipIf(missing !== null).each([
    ['4', 'klserver:13000'],
    ['4a', 'gateway:13000'],
    ['4a-agents', 'gateway:13000'],
  ])(`whose ${directive} is a second cuts arrow %s, and both ends saw when and how`, async (flow, port) => {
    const results = await held(flow, port, 1)
    expect(results.length).toBeGreaterThan(0)
    for (const { verdict, idle, explanation, advice } of results) {
      expect([verdict, idle?.initiator.saw, idle?.responder.saw]).toEqual(['idle-cut', 'fin', 'fin'])
      for (const end of [idle?.initiator, idle?.responder]) {
        expect(end?.after).toBeGreaterThan(0.85)
        expect(end?.after).toBeLessThan(1.5)
      }
      expect(explanation).toMatch(/the box at 127\.0\.0\.1:\d+ cuts what is idle for (0\.9|1(\.\d)?) s$/)
      expect(advice).toContain(`\`${directive}\``)
    }
  })

  it.skipIf(missing !== null)('that waits for a minute lets all of them live', async () => {
    for (const result of await held('4a', 'gateway:13000', 60))
      expect([result.verdict, result.idle?.initiator.saw, result.idle?.responder.saw]).toEqual([
        'delivered',
        'word',
        'word',
      ])
  })
})
