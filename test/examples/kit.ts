/** An example in network and mount namespaces of its own: the commands of its README, with the real programs, on the documented ports. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report, Result } from '../../lab/report.ts'
import { binary, type Ran, temporary } from '../cli/kit.ts'
import { leftOut } from '../requires.ts'

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url))
/** ms; Squid and Caddy take about a second. */
const START = 15_000
const STOP = 5_000

/** Why the tests of an example are left out. */
export const missing = (...programs: [command: string, ...args: string[]][]): string | null =>
  [['unshare', '-mn', 'true'] as const, ['jq', '--version'] as const, ['ss', '-V'] as const, ...programs]
    .map(([command, ...args]) => leftOut(`example that wants ${command}`, command, args))
    .find(Boolean) ?? null

/** The places that the programs write to by themselves are the stage's; `sudo` and `npx` need not be there. */
const SET = `set -e
ip link set lo up
for place in /run /var/log /var/lib/nginx; do mkdir -p $place; mount -t tmpfs tmpfs $place; done
mkdir -p /var/log/nginx /var/log/squid; chmod 777 /var/log/squid
cp /etc/hosts hosts; mount --bind hosts /etc/hosts
echo; exec sleep 600`
const PRELUDE = `sudo() { "$@"; }; npx() { shift; "${process.execPath}" "${binary}" "$@"; }; export HOME="$PWD"\n`

export interface Stage extends AsyncDisposable {
  /** Anything, in the namespaces, at the folder that holds `examples/`. */
  run(script: string): Promise<Ran>
  /** A mistake in a file of the example, in the place of the one before. */
  mistake(file: string, from: string | RegExp, to: string): void
  /** The example as it is. */
  restore(): void
  /** What the README starts; on when all of these listen, `ADDRESS:PORT`. */
  start(...listening: string[]): Promise<void>
  stop(): Promise<void>
  /** The lab of the README, which goes on. */
  up(): Promise<AsyncDisposable>
  /** The README's last command; `bare`: without the environment that it gives. */
  verify(more?: string, bare?: boolean): Promise<{ code: number | null; report: Report }>
}

export async function stage(example: string): Promise<Stage> {
  const folder = temporary()
  // Squid leaves root for another user, who has to get here.
  chmodSync(folder.path, 0o755)
  cpSync(EXAMPLES, join(folder.path, 'examples'), { recursive: true })
  const page = readFileSync(join(EXAMPLES, example, 'README.md'), 'utf8')
  const commands = (/^```sh\n(.*?)^```$/ms.exec(page)?.[1] ?? '').trim().split('\n')
  const verification = commands.pop() ?? ''
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KSC_LAB_')))
  const place = spawn('unshare', ['-mn', 'sh', '-c', SET], {
    cwd: folder.path,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await Promise.race([
    once(place.stdout, 'data'),
    once(place, 'close').then(() => Promise.reject(new Error('no stage'))),
  ])
  const inside = (script: string) =>
    spawn('nsenter', ['-t', String(place.pid), '-m', '-n', '--wd=.', 'bash', '-c', PRELUDE + script], {
      ...{ cwd: folder.path, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    })
  const run = async (script: string): Promise<Ran> => {
    const child = inside(script)
    const said = hear(child)
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, ...said }
  }
  const must = async (script: string) => {
    const { code, stderr } = await run(script)
    if (code !== 0) throw new Error(`${script}: ${stderr}`)
  }
  const names = /^```sh\n(.*?)^```$/ms.exec(readFileSync(join(EXAMPLES, 'README.md'), 'utf8'))?.[1] ?? ''
  await must(`set -o pipefail\n${names}`)
  for (const command of commands.filter(line => !line.endsWith('&'))) await must(command)

  let programs: { child: ChildProcess; said: { stderr: string }; gone: Promise<unknown> }[] = []
  const stop = async () => {
    for (const { child, gone } of programs) {
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), signal)
        await Promise.race([gone, sleep(STOP, undefined, { ref: false })])
      }
    }
    programs = []
  }
  return {
    run,
    stop,
    mistake(file, from, to) {
      const text = readFileSync(join(EXAMPLES, example, file), 'utf8')
      const changed = text.replace(from, to)
      if (changed === text) throw new Error(`${file} has no ${from}`)
      writeFileSync(join(folder.path, 'examples', example, file), changed)
    },
    restore: () => cpSync(join(EXAMPLES, example), join(folder.path, 'examples', example), { recursive: true }),
    async start(...listening) {
      await stop()
      programs = commands
        .filter(line => line.endsWith('&'))
        .map(line => {
          const child = inside(line.slice(0, -1))
          return { child, said: hear(child), gone: once(child, 'close') }
        })
      const until = Date.now() + START
      for (;;) {
        const { stdout } = await run('ss -Hltn')
        if (listening.every(at => stdout.includes(` ${at} `))) return
        const ended = programs.find(({ child }) => child.exitCode !== null)
        if (ended || Date.now() > until)
          throw new Error(`${listening.join(', ')}: ${programs.map(({ said }) => said.stderr).join('\n')}\n${stdout}`)
        await sleep(50)
      }
    },
    async up() {
      const child = inside(`${verification.replace(' verify ', ' up ')} --json`)
      const gone = once(child, 'close')
      await once(child.stdout as NodeJS.ReadableStream, 'data')
      return {
        async [Symbol.asyncDispose]() {
          process.kill(-(child.pid ?? 0), 'SIGTERM')
          await gone
        },
      }
    },
    async verify(more = '', bare = false) {
      const { code, stdout, stderr } = await run(
        `${bare ? verification.replace(/^KSC_LAB_\S+ /, '') : verification} --format json ${more}`,
      )
      if (!stdout.startsWith('{')) throw new Error(`verify: ${stderr}`)
      return { code, report: JSON.parse(stdout) as Report }
    },
    async [Symbol.asyncDispose]() {
      await stop()
      place.kill('SIGKILL')
      if (place.exitCode === null && place.signalCode === null) await once(place, 'close')
      folder[Symbol.dispose]()
    },
  }
}

function hear({ stdout, stderr }: ChildProcess): { stdout: string; stderr: string } {
  const said = { stdout: '', stderr: '' }
  stdout?.on('data', chunk => (said.stdout += chunk))
  stderr?.on('data', chunk => (said.stderr += chunk))
  return said
}

/** Where the machine of the proxy is. */
export const at = (...ports: number[]): string[] => ports.map(port => `127.20.0.20:${port}`)

export const unexpected = ({ results }: Report): string[] =>
  results
    .filter(({ asExpected }) => !asExpected)
    .map(({ id, verdict, explanation }) => `${id} ${verdict}: ${explanation}`)

/** What went by the proxy. */
export const carried = ({ results }: Report): Result[] => results.filter(({ via }) => via.includes('reverse-proxy'))

/** Ports on which TLS was seen to end in between. */
export const reoriginated = (report: Report): number[] => [
  ...new Set(
    report.results
      .filter(({ findings }) => findings.some(({ kind }) => kind === 'tls-reoriginated'))
      .map(({ port }) => Number(port)),
  ),
]

/** Every TCP port that a reverse proxy publishes. */
export const PUBLISHED = at(443, 8060, 8061, 8080, 13000, 13292, 13293, 17000, 17100)

interface Example {
  name: string
  programs: [command: string, ...args: string[]][]
  /** Ports on which it ends TLS. */
  ends: number[]
}

/** An example in the place of the reverse proxy, as its README tells it; and what else this one does. */
export function inTheProxysPlace({ name, programs, ends }: Example, more?: (on: () => Stage) => void): void {
  describe.skipIf(missing(...programs))(`examples/${name}`, () => {
    let on: Stage
    beforeAll(async () => {
      on = await stage(name)
      await on.start(...PUBLISHED)
    })
    afterAll(() => on[Symbol.asyncDispose]())

    const tls = ends.length > 0 ? `ends TLS on ${ends.join(', ')} alone` : 'TLS from end to end'
    it(`carries every arrow of the schema, ${tls}`, async () => {
      const { code, report } = await on.verify()
      expect(unexpected(report)).toEqual([])
      expect(code).toBe(0)
      expect(carried(report).map(({ verdict }) => verdict)).toEqual(Array(19).fill('delivered'))
      expect(reoriginated(report).sort()).toEqual(ends)
    })
    more?.(() => on)
  })
}
