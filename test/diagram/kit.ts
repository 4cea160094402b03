import { fileURLToPath } from 'node:url'
import { type Diagram, diagramOf, type Verdicts } from '../../lab/diagram/model.ts'
import { plan } from '../../lab/plan.ts'
import { loadTopology, topologyNames } from '../../lab/topologies.ts'
import type { Topology } from '../../shared/config/topology.ts'
import type { VerdictWord } from '../../shared/verdict/words.ts'

export const threeZones = fileURLToPath(new URL('./three-zones.yaml', import.meta.url))
export const topologies: readonly string[] = [...topologyNames(), threeZones]

export const drawn = (topology: Topology | string, verdicts: Verdicts | null = null): Diagram => {
  const loaded = typeof topology === 'string' ? loadTopology(topology) : topology
  return diagramOf(loaded, '14.2', plan(loaded, '14.2'), verdicts)
}

/** All delivered but what is named by the beginning of its id. */
export function verdictsOf(topology: Topology, others: Record<string, VerdictWord> = {}): Verdicts {
  const word = (id: string) => Object.entries(others).find(([begin]) => id.startsWith(begin))?.[1] ?? 'delivered'
  return new Map(plan(topology, '14.2').map(({ id }) => [id, word(id)]))
}

export const reportOf = (topology: string, verdicts: Verdicts, more: object = {}): string =>
  JSON.stringify({
    schema: 'ksc-lab/report@1',
    topology,
    kscVersion: '14.2',
    results: [...verdicts].map(([id, verdict]) => ({ id, verdict })),
    ...more,
  })
