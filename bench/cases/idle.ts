import { setTimeout as sleep } from 'node:timers/promises'
import { privateKiB } from '../harness/proc.ts'
import type { Rival } from '../harness/rival.ts'
import type { Role } from '../harness/role.ts'
import type { Figures } from '../harness/rounds.ts'

/** Leaves room for the two sockets of a pair in one process below the usual hard limit of 20,000 files. */
const PAIRS = 5_000

/** Private memory of the process for pairs that said something once; once a rival, since memory does not come back. */
export async function idle({ pid, towards }: Rival, client: Role): Promise<Figures> {
  if (pid === null) return {}
  const port = await towards('echo')
  const before = privateKiB(pid)
  await client.ask('idle', { count: PAIRS, port })
  await sleep(2_000)
  const figures = { 'KiB/pair': (privateKiB(pid) - before) / PAIRS }
  await client.ask('close')
  await sleep(500)
  return figures
}
