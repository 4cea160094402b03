/**
 * The connection gateway as a lab runs it, beside HAProxy in the same run: in a segment (mode tcp; buffers of 16 KiB and of
 * 256 KiB), in a DMZ (HAProxy ends TLS once), and the way from an invitation to the Server's first byte beside a bare TLS
 * handshake. Prints the tables of docs/performance.md: what was measured, and the targets. Some ten minutes; HAProxy has to be
 * installed, and nothing else may keep the cores busy.
 *
 *   node bench/gateway.ts [segment] [idle] [openings] [dmz] [invitation]
 *
 * BENCH_ROUNDS (5): how often the rivals take turns. BENCH_MS (1000): of one figure in one round.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLabState } from '../lab/lab-state.ts'
import { loadTopology } from '../lab/topologies.ts'
import { targetTable } from './harness/targets.ts'
import { dmz } from './parts/dmz.ts'
import { idlePairs } from './parts/idle.ts'
import { invitation } from './parts/invitation.ts'
import { opening } from './parts/openings.ts'
import type { Part } from './parts/part.ts'
import { segment } from './parts/segment.ts'

const parts: Record<string, Part> = { segment, idle: idlePairs, openings: opening, dmz, invitation }

const wanted = process.argv.slice(2)
const unknown = wanted.find(word => !(word in parts))
if (unknown !== undefined) throw new Error(`${unknown} is no part; there are ${Object.keys(parts).join(', ')}`)
const state = mkdtempSync(join(tmpdir(), 'gateway-bench-'))
try {
  await openLabState(state, loadTopology('gateway'))
  const { ROUNDS = '5', MS = '1000' } = { ROUNDS: process.env.BENCH_ROUNDS, MS: process.env.BENCH_MS }
  console.log(`Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()})\n`)
  const judged: string[] = []
  for (const [name, run] of Object.entries(parts))
    if (wanted.length === 0 || wanted.includes(name)) {
      const { table, targets } = await run({ state, rounds: Number(ROUNDS), ms: Number(MS) })
      console.log(`${table.join('\n')}\n`)
      judged.push(...targets)
    }
  if (judged.length > 0) console.log(targetTable(judged).join('\n'))
} finally {
  rmSync(state, { recursive: true, force: true })
}
