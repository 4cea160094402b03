/**
 * How long `up lan` takes to be ready, what it costs in memory, and how long `verify lan` takes. Each figure is the median of several
 * runs in fresh processes, with the smallest and largest beside it. Bounded: some twenty short processes, one after another.
 *
 *   node bench/lan.ts
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const RUNS = 7
const binary = fileURLToPath(new URL('../bin/ksc-lab.js', import.meta.url))
const state = mkdtempSync(join(tmpdir(), 'ksc-lab-bench-'))

interface Up {
  readyMs: number
  memoryMiB: number
  stopMs: number
}

async function up(folder: string): Promise<Up> {
  const started = performance.now()
  const child = spawn(process.execPath, [binary, 'up', 'lan', '--json', '--ports', 'ephemeral', '--state', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise(resolve => child.stdout.once('data', resolve))
  const readyMs = performance.now() - started
  // After every arrow was exercised once, as a lab in use is.
  await exitOf(spawn(process.execPath, [binary, 'verify', 'lan', '--json', '--state', folder], { stdio: 'ignore' }))
  const memoryMiB = residentMiB(child.pid ?? 0)
  const stopping = performance.now()
  child.kill('SIGTERM')
  await exitOf(child)
  return { readyMs, memoryMiB, stopMs: performance.now() - stopping }
}

async function verify(): Promise<number> {
  const chunks: Buffer[] = []
  const child = spawn(
    process.execPath,
    [binary, 'verify', 'lan', '--json', '--ports', 'ephemeral', '--state', join(state, 'later')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  child.stdout.on('data', chunk => chunks.push(chunk))
  await exitOf(child)
  return (JSON.parse(Buffer.concat(chunks).toString()) as { durationMs: number }).durationMs
}

const exitOf = (child: ReturnType<typeof spawn>) => new Promise(resolve => child.once('close', resolve))

/** Linux: resident set as the kernel counts it. */
function residentMiB(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1]) / 1024
}

function row(what: string, figures: readonly number[], unit: string): string {
  const sorted = [...figures].sort((one, other) => one - other)
  const [median = 0, least = 0, most = 0] = [sorted[Math.floor(sorted.length / 2)], sorted[0], sorted.at(-1)]
  return `| ${what} | ${median.toFixed(0)} ${unit} | ${least.toFixed(0)} - ${most.toFixed(0)} |`
}

try {
  const first: Up[] = []
  for (let run = 0; run < 3; run++) first.push(await up(join(state, `first-${run}`)))
  const later: Up[] = []
  const kept = join(state, 'later')
  await up(kept)
  for (let run = 0; run < RUNS; run++) later.push(await up(kept))
  const matrix: number[] = []
  for (let run = 0; run < RUNS; run++) matrix.push(await verify())
  process.stdout.write(
    [
      `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()})`,
      '',
      '| what | median | range |',
      '|---|---|---|',
      row(
        '`up lan`, first start (certificates are made)',
        first.map(({ readyMs }) => readyMs),
        'ms',
      ),
      row(
        '`up lan`, later starts',
        later.map(({ readyMs }) => readyMs),
        'ms',
      ),
      row(
        'memory of the whole lab in one process, after a `verify`',
        later.map(({ memoryMiB }) => memoryMiB),
        'MiB',
      ),
      row(
        'SIGTERM to exit',
        later.map(({ stopMs }) => stopMs),
        'ms',
      ),
      row('`verify lan`, 23 exercises', matrix, 'ms'),
      '',
    ].join('\n'),
  )
} finally {
  rmSync(state, { recursive: true, force: true })
}
