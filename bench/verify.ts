/**
 * Wall time of `ksc-lab verify` in process for each shipped topology, from the start of the process to its exit, with certificates
 * that are kept. Median of several fresh processes, one after another.
 *
 *   node bench/verify.ts [topology ...]
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median } from './harness/statistics.ts'

const RUNS = 5
const binary = fileURLToPath(new URL('../bin/ksc-lab.js', import.meta.url))
const shipped = readdirSync(new URL('../topologies', import.meta.url)).map(file => file.replace(/\.yaml$/, ''))
const given = process.argv.slice(2)

interface Run {
  seconds: number
  total: number
  asExpected: number
}

function verify(topology: string, state: string): Run {
  const started = performance.now()
  const args = [binary, 'verify', topology, '--json', '--ports', 'ephemeral', '--state', state]
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 })
  const seconds = (performance.now() - started) / 1e3
  if (!stdout) throw new Error(stderr)
  return { seconds, ...(JSON.parse(stdout) as { summary: Omit<Run, 'seconds'> }).summary }
}

console.log(`Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()})\n`)
console.log('| topology | exercises | as expected | first, with certificates to make | median | spread |')
console.log('|---|---|---|---|---|---|')
for (const topology of given.length > 0 ? given : shipped) {
  const state = mkdtempSync(join(tmpdir(), 'ksc-lab-bench-'))
  try {
    const first = verify(topology, state)
    const later = Array.from({ length: RUNS }, () => verify(topology, state).seconds)
    const spread = `${Math.min(...later).toFixed(1)} - ${Math.max(...later).toFixed(1)} s`
    const cells = [
      first.total,
      first.asExpected,
      `${first.seconds.toFixed(1)} s`,
      `${median(later).toFixed(1)} s`,
      spread,
    ]
    console.log(`| \`${topology}\` | ${cells.join(' | ')} |`)
  } finally {
    rmSync(state, { recursive: true, force: true })
  }
}
