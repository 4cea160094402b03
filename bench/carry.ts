/**
 * What passing bytes between two connections costs, beside HAProxy (mode tcp, with its own buffers of 16 KiB and with
 * 256 KiB) and beside no gateway at all. Every part is a process of its own, on loopback. HAProxy has to be installed.
 *
 *   node bench/carry.ts [what ...]
 */
import { bulk } from './cases/bulk.ts'
import { idle } from './cases/idle.ts'
import { ping } from './cases/ping.ts'
import { type Sides, sides } from './harness/backs.ts'
import type { Rival } from './harness/rival.ts'
import { carrier, direct, haproxyDefault, haproxyTuned } from './harness/rivals.ts'
import { type Figures, inTurn } from './harness/rounds.ts'
import { head, rows } from './harness/table.ts'

const ROUNDS = 3
const MS = 1_000

const flow =
  (way: 'upload' | 'download', count: number) =>
  (rival: Rival, { client, back }: Sides) =>
    bulk(rival, {
      way,
      count,
      client,
      ms: MS,
      ...(way === 'upload' ? { kind: 'sink', receiver: back } : { kind: 'source', receiver: client }),
    })

const cases: Record<string, (rival: Rival, sides: Sides) => Promise<Figures>> = {
  ...Object.fromEntries(
    (['upload', 'download'] as const).flatMap(way => [1, 8, 64].map(count => [`${way} ${count}`, flow(way, count)])),
  ),
  'ping 64': (rival, { client }) => ping(rival, client, 0, MS),
  'ping 64 + bulk': (rival, { client }) => ping(rival, client, 1, MS),
  'idle 5000': (rival, { client }) => idle(rival, client),
}

const wanted = process.argv.slice(2)
const parts = await sides()
const rivals = [
  direct(parts.backs),
  await haproxyDefault(parts.backs),
  await haproxyTuned(parts.backs),
  await carrier(parts.backs),
]
console.log(head(rivals.map(({ name }) => name)).join('\n'))
for (const [name, run] of Object.entries(cases))
  if (wanted.length === 0 || wanted.some(word => name.startsWith(word))) {
    const measured = await inTurn(rivals, name.startsWith('idle') ? 1 : ROUNDS, rival => run(rival, parts))
    console.log(rows(name, measured).join('\n'))
  }
await Promise.all([parts.stop(), ...rivals.map(rival => rival.stop())])
