/** Raw bytes behind a real ClientHello: TLS at both ends would be most of what is measured. */
import { bulk } from '../cases/bulk.ts'
import { ping } from '../cases/ping.ts'
import { sides } from '../harness/backs.ts'
import {
  haproxyDefault,
  haproxyOneThread,
  haproxyTuned,
  haproxyTunedOneThread,
  segmentGateway,
} from '../harness/rivals.ts'
import { inTurn } from '../harness/rounds.ts'
import { head, rows } from '../harness/table.ts'
import { judgedAll, type Target } from '../harness/targets.ts'
import type { Part } from './part.ts'

/** HAProxy runs a thread on every core; a gateway has one. What it does with it shows beside a HAProxy of one. */
const BULK: Target[] = ['', ', 1 thread'].flatMap(threads => [
  { to: `HAProxy${threads}`, figure: 'GB/s', least: 2 },
  { to: `HAProxy 256 KiB${threads}`, figure: 'GB/s', least: 1.2 },
  { to: `HAProxy${threads}`, figure: 'CPU s/GB', most: 0.5 },
])
const WAIT: Target[] = [{ to: 'HAProxy', figure: 'p99 ms', most: 1.2 }]

export const segment: Part = async ({ state, rounds, ms }) => {
  const parts = await sides()
  const { backs, back, client } = parts
  const single = [await haproxyOneThread(backs), await haproxyTunedOneThread(backs)]
  const usual = [await haproxyDefault(backs), await haproxyTuned(backs)]
  const gateway = await segmentGateway(backs, state)
  const all = [...usual, ...single, gateway]
  const [table, targets] = [head(all.map(({ name }) => name)), [] as string[]]
  for (const count of [1, 8, 64]) {
    const up = { way: 'upload', kind: 'sink', receiver: back, client, count, ms } as const
    const down = { way: 'download', kind: 'source', receiver: client, client, count, ms } as const
    for (const flow of [up, down]) {
      const what = `${flow.way}, ${count}`
      const measured = await inTurn(all, rounds, rival => bulk(rival, flow))
      table.push(...rows(what, measured))
      targets.push(...judgedAll(what, measured, gateway.name, BULK))
    }
  }
  table.push('', ...head([...usual, gateway].map(({ name }) => name)))
  for (const beside of [0, 1]) {
    const what = `small requests, 64${beside ? ', beside a download' : ''}`
    const measured = await inTurn([...usual, gateway], rounds, rival => ping(rival, client, beside, ms))
    table.push(...rows(what, measured))
    targets.push(...judgedAll(what, measured, gateway.name, WAIT))
  }
  await Promise.all([parts.stop(), ...all.map(rival => rival.stop())])
  return { table, targets }
}
