import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Report } from '../../lab/report.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

export interface Ran {
  code: number | null
  stdout: string
  stderr: string
}

export function docker(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const child = spawn('docker', args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const ran: Ran = { code: null, stdout: '', stderr: '' }
  child.stdout.on('data', chunk => {
    ran.stdout += chunk
  })
  child.stderr.on('data', chunk => {
    ran.stderr += chunk
  })
  return new Promise(resolve => child.on('close', code => resolve({ ...ran, code })))
}

/** The networks of compose.yaml have addresses of their own, so one project at a time: this name belongs to one process, and ends with it. */
async function theOnlyOne(): Promise<Server> {
  for (;;) {
    const server = createServer().listen('\0ksc-lab-compose')
    try {
      await once(server, 'listening')
      return server.unref()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      await setTimeout(500)
    }
  }
}

/** `docker compose` of this repository as a project of its own, beside whatever else runs here. */
export class Project {
  readonly #name: string
  readonly #env: Record<string, string>
  #only: Server | null = null

  constructor(name: string, env: Record<string, string> = {}) {
    this.#name = name
    this.#env = env
  }

  compose(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
    return docker(['compose', '-p', this.#name, ...args], { ...this.#env, ...env })
  }

  async up(env: Record<string, string> = {}, ...more: string[]): Promise<Ran> {
    this.#only ??= await theOnlyOne()
    const ran = await this.compose(['up', '-d', '--wait', ...more], env)
    if (ran.code !== 0) throw new Error(`docker compose up: ${ran.stderr}`)
    return ran
  }

  async verify(env: Record<string, string> = {}): Promise<{ code: number | null; report: Report }> {
    const { code, stdout, stderr } = await this.compose(['run', '--rm', '-T', 'verify', '--format', 'json'], env)
    if (!stdout.startsWith('{')) throw new Error(`verify: ${stderr}`)
    return { code, report: JSON.parse(stdout) as Report }
  }

  /** What `run --rm` has left is removed by the engine in its own time: a network that goes at the same moment can stay for good. */
  async down(): Promise<void> {
    const oneOff = [`project=${this.#name}`, 'oneoff=True'].flatMap(is => [
      '--filter',
      `label=com.docker.compose.${is}`,
    ])
    for (let tries = 0; tries < 50 && (await docker(['ps', '-aq', ...oneOff])).stdout !== ''; tries++)
      await setTimeout(100)
    let stderr = ''
    for (const pause of [0, 1_000, 5_000]) {
      await setTimeout(pause)
      const ran = await this.compose(['--profile', 'verify', 'down', '-v', '--timeout', '2'])
      if (ran.code === 0) return this.#free()
      stderr = ran.stderr
    }
    // The engine counts an endpoint that it does not list: its own fault, and the next lab that cannot come up says so.
    this.#free()
    if (!stderr.includes('has active endpoints')) throw new Error(`docker compose down: ${stderr}`)
    console.warn(stderr)
  }

  #free(): void {
    this.#only?.close()
    this.#only = null
  }
}

export const unexpected = ({ results }: Report) =>
  results.filter(({ asExpected }) => !asExpected).map(({ id, verdict }) => [id, verdict])
