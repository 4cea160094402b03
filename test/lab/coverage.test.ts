/** The vendor's schemas, arrow by arrow: what each of them prints, its topology exercises. */
import { describe, expect, it } from 'vitest'
import { plan } from '../../lab/plan.ts'
import { startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { flows } from '../../shared/catalogue/index.ts'
import type { KscVersion } from '../../shared/catalogue/types.ts'

/** Topic 183039 of 14.2; 15a by the copies that print its label. */
const COMMON = ['1', '2', '3', '4', '5', '6', '7', '8', '9']
const OUTSIDE = [...COMMON, '9a', '10', '11', '12', '13', '14', '15', '15a', '16', '17']
const SCHEMAS: Readonly<Record<string, readonly string[]>> = {
  lan: COMMON,
  hierarchy: [...COMMON, '9a'],
  'reverse-proxy': OUTSIDE,
  gateway: [...OUTSIDE, '4a'],
  'server-dmz': OUTSIDE,
}
/** 13.1 prints 4a in the schema of the Server in the DMZ, and not in the gateway's: docs/topologies.md. */
const MISPRINTED: Readonly<Record<string, readonly string[]>> = { 'server-dmz': ['4a', '4a-data', '4a-agents'] }

describe.each(Object.entries(SCHEMAS))('%s', (name, printed) => {
  it('delivers every arrow that its schema prints', { timeout: 30_000 }, async () => {
    await using lab = await startLab(name, { seed: 1 })
    const { results } = await lab.verify()
    const delivered = new Set(results.filter(({ verdict }) => verdict === 'delivered').map(({ flow }) => flow))
    // The stores are embedded, with no connection to a DBMS: docs/topologies.md.
    expect(printed.filter(arrow => !delivered.has(arrow))).toEqual(['1'])
    expect(results.find(({ flow }) => flow === '1')?.verdict).toBe('skipped')
  })

  it.each(['13.1', '14.2', '15.1', 'linux-15'] as const)('plans all of them that KSC %s has', (version: KscVersion) => {
    const planned = new Set(plan(loadTopology(name), version).map(({ flow }) => flow.id))
    const wanted = flows.filter(
      ({ id, schemas, versions }) => /^\d/.test(id) && schemas.includes(name) && versions.includes(version),
    )
    const left = wanted.map(({ id }) => id).filter(id => !planned.has(id))
    expect(left).toEqual((MISPRINTED[name] ?? []).filter(id => wanted.some(flow => flow.id === id)))
  })
})
