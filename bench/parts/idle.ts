import { idle } from '../cases/idle.ts'
import { sides } from '../harness/backs.ts'
import { haproxyDefault, segmentGateway } from '../harness/rivals.ts'
import { figuresOf, inTurn, type Measured } from '../harness/rounds.ts'
import { head, rows } from '../harness/table.ts'
import { judged } from '../harness/targets.ts'
import type { Part } from './part.ts'

const MOST = 12
/** Each with processes of its own, since memory does not come back. */
const TIMES = 3

export const idlePairs: Part = async ({ state }) => {
  const measured: Measured = new Map()
  for (let time = 0; time < TIMES; time++) {
    const parts = await sides()
    const rivals = [await haproxyDefault(parts.backs), await segmentGateway(parts.backs, state)]
    for (const [name, figures] of await inTurn(rivals, 1, rival => idle(rival, parts.client)))
      measured.set(name, [...(measured.get(name) ?? []), ...figures])
    await Promise.all([parts.stop(), ...rivals.map(rival => rival.stop())])
  }
  const what = '5,000 idle pairs'
  return {
    table: [...head([...measured.keys()]), ...rows(what, measured)],
    targets: [judged(what, 'KiB/pair', { most: MOST }, figuresOf(measured, 'gateway', 'KiB/pair'))],
  }
}
