/** What Linux says of a process. */
import { readFileSync } from 'node:fs'

/** It counts processor time in hundredths of a second. */
const TICK_MS = 10

/** Milliseconds of processor time, of all threads. */
export function cpu(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

export function privateKiB(pid: number): number {
  const lines = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').matchAll(/^Private_\w+:\s+(\d+) kB$/gm)
  return [...lines].reduce((sum, [, kib]) => sum + Number(kib), 0)
}
