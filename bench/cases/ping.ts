import { setTimeout as sleep } from 'node:timers/promises'
import { cpu } from '../harness/proc.ts'
import type { Rival } from '../harness/rival.ts'
import { Role } from '../harness/role.ts'
import type { Figures } from '../harness/rounds.ts'

const CONNECTIONS = 64
const WARM_UP_MS = 400

/** A small request and its echo on each of 64 connections, over and over; perhaps beside downloads from another process. */
export async function ping({ pid, towards }: Rival, client: Role, beside: number, ms: number): Promise<Figures> {
  const other = beside > 0 ? new Role('client') : null
  await other?.ask('download', { count: beside, port: await towards('source') })
  // A gateway dials where it is told at that time.
  await sleep(100)
  await client.ask('ping', { count: CONNECTIONS, port: await towards('echo') })
  await sleep(WARM_UP_MS)
  await client.ask('measure')
  const before = pid ? cpu(pid) : 0
  await sleep(ms)
  const { p50, p99, n } = await client.ask<{ p50: number; p99: number; n: number }>('waits')
  const used = pid ? cpu(pid) - before : Number.NaN
  await Promise.all([client.ask('close'), other?.stop()])
  await sleep(100)
  return { 'p50 ms': p50, 'p99 ms': p99, 'k/s': n / ms, 'CPU µs': (used / n) * 1e3 }
}
