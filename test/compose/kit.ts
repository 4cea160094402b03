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

/**
 * All tests take turns in this project: the networks of compose.yaml have addresses of their own. A network that the engine
 * would not remove (it can count an endpoint that it no longer lists) is the next test's network, and in nobody's way.
 */
const PROJECT = 'ksc-lab-test'

/** This name belongs to one process, and ends with it. */
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

/** `docker compose` of this repository as a project of the tests' own, beside whatever else runs here. */
export class Project {
  readonly #env: Record<string, string>
  #only: Server | null = null

  constructor(env: Record<string, string>) {
    this.#env = env
  }

  compose(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
    return docker(['compose', '-p', PROJECT, ...args], { ...this.#env, ...env })
  }

  async up(env: Record<string, string> = {}, ...more: string[]): Promise<Ran> {
    if (this.#only === null) {
      this.#only = await theOnlyOne()
      // Of a test that was killed.
      if ((await docker(['ps', '-aq', ...labelled(`project=${PROJECT}`)])).stdout !== '') await this.#remove()
    }
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
    const oneOff = labelled(`project=${PROJECT}`, 'oneoff=True')
    for (let tries = 0; tries < 50 && (await docker(['ps', '-aq', ...oneOff])).stdout !== ''; tries++)
      await setTimeout(100)
    try {
      await this.#remove()
    } finally {
      this.#only?.close()
      this.#only = null
    }
  }

  async #remove(): Promise<void> {
    const { code, stderr } = await this.compose(['--profile', '*', 'down', '-v', '--remove-orphans', '--timeout', '2'])
    if (code !== 0 && !stderr.includes('has active endpoints')) throw new Error(`docker compose down: ${stderr}`)
  }
}

const labelled = (...labels: readonly string[]) =>
  labels.flatMap(label => ['--filter', `label=com.docker.compose.${label}`])

export const unexpected = ({ results }: Report) =>
  results.filter(({ asExpected }) => !asExpected).map(({ id, verdict }) => [id, verdict])
