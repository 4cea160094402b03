/** Raw bytes behind a real ClientHello: TLS at both ends would be most of what is measured. */
import { bulk } from '../cases/bulk.ts'
import { ping } from '../cases/ping.ts'
import { sides } from '../harness/backs.ts'
import { haproxyDefault, haproxyTuned, segmentGateway } from '../harness/rivals.ts'
import { inTurn } from '../harness/rounds.ts'
import { head, rows, type Target } from '../harness/table.ts'
import type { Part } from './part.ts'

const BULK: Target[] = [
  { to: 'HAProxy', figure: 'GB/s', least: 2 },
  { to: 'HAProxy 256 KiB', figure: 'GB/s', least: 1.2 },
  { to: 'HAProxy', figure: 'CPU s/GB', most: 0.5 },
]
const WAIT: Target[] = [{ to: 'HAProxy', figure: 'p99 ms', most: 1.2 }]

export const segment: Part = async ({ state, rounds, ms }) => {
  const parts = await sides()
  const { backs, back, client } = parts
  const rivals = [await haproxyDefault(backs), await haproxyTuned(backs), await segmentGateway(backs, state)]
  const lines = head(rivals.map(({ name }) => name))
  for (const count of [1, 8, 64]) {
    const up = { way: 'upload', kind: 'sink', receiver: back, client, count, ms } as const
    const down = { way: 'download', kind: 'source', receiver: client, client, count, ms } as const
    for (const flow of [up, down])
      lines.push(...rows(`${flow.way}, ${count}`, await inTurn(rivals, rounds, rival => bulk(rival, flow)), BULK))
  }
  for (const beside of [0, 1]) {
    const measured = await inTurn(rivals, rounds, rival => ping(rival, client, beside, ms))
    lines.push(...rows(`small requests, 64${beside ? ', beside a download' : ''}`, measured, WAIT))
  }
  await Promise.all([parts.stop(), ...rivals.map(rival => rival.stop())])
  return lines
}
