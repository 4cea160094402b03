import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What a process of a benchmark is asked, one question at a time. */
export interface Asked {
  ask: string
  [more: string]: unknown
}

const FLAGS = new URL('../roles/flags.ts', import.meta.url).href

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A process of its own, from `bench/roles/NAME.ts`. */
export class Role {
  readonly #child: ChildProcess

  constructor(name: string, given: readonly string[] = []) {
    const file = fileURLToPath(new URL(`../roles/${name}.ts`, import.meta.url))
    // BENCH_FLAGS: `--cpu-prof` and the like.
    const execArgv = [`--import=${FLAGS}`, ...(process.env.BENCH_FLAGS?.split(' ') ?? [])]
    this.#child = fork(file, given, { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    running.add(this.#child.once('exit', () => running.delete(this.#child)))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  async ask<T = number>(ask: string, more: object = {}): Promise<T> {
    const stopped = new AbortController()
    const gone = once(this.#child, 'exit', stopped).then(() => {
      throw new Error(`the process that was asked ${ask} has ended`)
    })
    gone.catch(() => {})
    const answer = once(this.#child, 'message', stopped)
    answer.catch(() => {})
    this.#child.send({ ask, ...more })
    try {
      return (await Promise.race([answer, gone]))[0] as T
    } finally {
      stopped.abort()
    }
  }

  /** Asked in order where it profiles itself, which it writes down at its exit. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    this.#child.kill(process.env.BENCH_FLAGS ? 'SIGTERM' : 'SIGKILL')
    await once(this.#child, 'exit')
  }
}

/** In the process itself. */
export function play(answer: (asked: Asked) => unknown): void {
  process.on('SIGTERM', () => process.exit())
  process.on('message', async (asked: Asked) => process.send?.((await answer(asked)) ?? null))
}
