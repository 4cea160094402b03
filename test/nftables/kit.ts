/** A lab in a network namespace of its own: its zones are addresses of one loopback, and the kernel's firewall stands between them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Report } from '../../lab/report.ts'
import { findRunningLab } from '../../lab/running-lab.ts'
import type { GatewaySignal } from '../../shared/wire/messages/list-devices.ts'
import { binary, type Ran, type Ready, temporary } from '../cli/kit.ts'
import { leftOut } from '../requires.ts'

export const missing = leftOut('nftables in a network namespace', 'unshare', ['-n', 'nft', 'list', 'ruleset'])

export interface FencedLab extends AsyncDisposable {
  readonly ready: Ready
  /** Anything that runs beside the lab, in its namespace. */
  run(command: string, ...args: string[]): Promise<Ran>
  /** A program that goes on beside the lab until it is disposed of. */
  background(command: string, ...args: string[]): { says(text: string): Promise<void> } & AsyncDisposable
  /** A statement of nftables. */
  nft(statement: string): Promise<void>
  verify(...options: string[]): Promise<Report>
  /** What the management says of the signal connections. */
  signals(): Promise<GatewaySignal[]>
  /** The local ports from which one host has connections to another's 13000. */
  portsOf(from: string, to: string): Promise<number[]>
}

/** `up` with an nftables table `t` whose chain `input` drops nothing yet. */
export async function fencedLab(topology: string, env: Record<string, string> = {}): Promise<FencedLab> {
  const state = temporary()
  const child = spawn(
    'unshare',
    [
      '-n',
      'sh',
      '-c',
      `ip link set lo up && exec "$0" "$@"`,
      process.execPath,
      binary,
      'up',
      topology,
      '--json',
      '--state',
      state.path,
    ],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const closed = new Promise<void>(resolve => child.once('close', () => resolve()))
  let stderr = ''
  child.stderr.on('data', chunk => (stderr += chunk))
  const ready = await new Promise<Ready>((resolve, reject) => {
    let text = ''
    child.stdout.on('data', chunk => {
      text += chunk
      if (text.includes('\n')) resolve(JSON.parse(text) as Ready)
    })
    void closed.then(() => reject(new Error(`up ended: ${stderr}`)))
  })
  const run = (command: string, ...args: string[]): Promise<Ran> => {
    const inside = spawn('nsenter', ['-t', String(child.pid), '-n', command, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ran: Ran = { code: null, stdout: '', stderr: '' }
    inside.stdout.on('data', chunk => (ran.stdout += chunk))
    inside.stderr.on('data', chunk => (ran.stderr += chunk))
    return new Promise(resolve => inside.on('close', code => resolve({ ...ran, code })))
  }
  const nft = async (statement: string) => {
    const { code, stderr } = await run('nft', statement)
    if (code !== 0) throw new Error(`nft ${statement}: ${stderr}`)
  }
  await nft('add table inet t; add chain inet t input { type filter hook input priority filter; }')
  return {
    ready,
    run,
    background(command, ...args) {
      const inside = spawn('nsenter', ['-t', String(child.pid), '-n', command, ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const over = new Promise<void>(resolve => inside.once('close', () => resolve()))
      let said = ''
      inside.stdout.on('data', chunk => (said += chunk))
      return {
        async says(text) {
          while (!said.includes(text))
            await Promise.race([
              once(inside.stdout, 'data'),
              over.then(() => Promise.reject(new Error(`${command} ended`))),
            ])
        },
        async [Symbol.asyncDispose]() {
          inside.kill()
          await over
        },
      }
    },
    nft,
    async verify(...options) {
      const { stdout, stderr } = await run(
        process.execPath,
        binary,
        'verify',
        topology,
        '--state',
        state.path,
        '--json',
        ...options,
      )
      if (!stdout.startsWith('{')) throw new Error(stderr)
      return JSON.parse(stdout) as Report
    },
    async signals() {
      const at = findRunningLab(state.path)?.management
      const { stdout } = await run('curl', '-s', `http://${at?.address}:${at?.port}/health`)
      return (JSON.parse(stdout) as { gateways: GatewaySignal[] }).gateways
    },
    async portsOf(from, to) {
      const { stdout } = await run('ss', '-Htn', 'state', 'established', 'src', from, 'dst', `${to}:13000`)
      return stdout
        .split('\n')
        .flatMap(line => /:(\d+)\s/.exec(line)?.[1] ?? [])
        .map(Number)
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await closed
      state[Symbol.dispose]()
    },
  }
}
