import { idle } from '../cases/idle.ts'
import { sides } from '../harness/backs.ts'
import { haproxyDefault, segmentGateway } from '../harness/rivals.ts'
import { inTurn } from '../harness/rounds.ts'
import { head, rows, shown, verdict } from '../harness/table.ts'
import type { Part } from './part.ts'

const MOST = 12

export const idlePairs: Part = async ({ state }) => {
  const parts = await sides()
  const rivals = [await haproxyDefault(parts.backs), await segmentGateway(parts.backs, state)]
  const measured = await inTurn(rivals, 1, rival => idle(rival, parts.client))
  await Promise.all([parts.stop(), ...rivals.map(rival => rival.stop())])
  const kept = measured.get('gateway')?.[0]?.['KiB/pair'] ?? Number.NaN
  return [
    ...head(rivals.map(({ name }) => name)),
    ...rows('5,000 idle pairs', measured),
    '',
    `Private memory of an idle pair: ${shown(kept)} KiB (${verdict(kept, { most: MOST })})`,
  ]
}
