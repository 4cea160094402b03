import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const binary = fileURLToPath(new URL('../../bin/ksc-lab.js', import.meta.url))

export interface Ran {
  code: number | null
  stdout: string
  stderr: string
}

/** The environment without what the caller of the tests may have set for the lab. */
const clean = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KSC_LAB_')))

export function start(
  args: readonly string[],
  env: Record<string, string> = {},
): ChildProcess & { done: Promise<Ran> } {
  const child = spawn(process.execPath, [binary, ...args], {
    env: { ...clean(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ran: Ran = { code: null, stdout: '', stderr: '' }
  child.stdout.on('data', chunk => {
    ran.stdout += chunk
  })
  child.stderr.on('data', chunk => {
    ran.stderr += chunk
  })
  const done = new Promise<Ran>(resolve => child.on('close', code => resolve({ ...ran, code })))
  return Object.assign(child, { done })
}

export const run = (args: readonly string[], env: Record<string, string> = {}): Promise<Ran> => start(args, env).done

/** A folder that goes with the test. */
export function temporary(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'ksc-lab-test-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export interface Ready {
  ready: true
  topology: string
  state: string
  hosts: Record<
    string,
    {
      zone: string
      address: string
      runs: string[]
      listeners: { flow: string[]; process: string; port: number; transport: string; tls: boolean }[]
    }
  >
  credentials: { administrator: { user: string; password: string } }
}

/** Starts `up --json` and waits for its line. */
export async function up(
  state: string,
  more: readonly string[] = ['--ports', 'ephemeral'],
  env: Record<string, string> = {},
): Promise<{ ready: Ready; child: ReturnType<typeof start> }> {
  const child = start(['up', 'lan', '--json', '--state', state, ...more], env)
  const line = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', chunk => {
      text += chunk
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')))
    })
    void child.done.then(({ stderr }) => reject(new Error(`up ended: ${stderr}`)))
  })
  return { ready: JSON.parse(line) as Ready, child }
}
