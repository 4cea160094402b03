/** As information: no target. */
import { openings } from '../cases/openings.ts'
import { sides } from '../harness/backs.ts'
import { haproxyDefault, haproxyPeeking, segmentGateway } from '../harness/rivals.ts'
import { inTurn } from '../harness/rounds.ts'
import { head, rows } from '../harness/table.ts'
import type { Part } from './part.ts'

export const opening: Part = async ({ state, rounds, ms }) => {
  const parts = await sides()
  const rivals = [
    await haproxyDefault(parts.backs),
    await haproxyPeeking(parts.backs),
    await segmentGateway(parts.backs, state),
  ]
  const measured = await inTurn(rivals, rounds, rival => openings(rival, parts.client, ms))
  await Promise.all([parts.stop(), ...rivals.map(rival => rival.stop())])
  return { table: [...head(rivals.map(({ name }) => name)), ...rows('openings, 16 at once', measured)], targets: [] }
}
