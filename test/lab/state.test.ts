import { expect, it } from 'vitest'
import { startLab } from '../../lab/start-lab.ts'
import { topologyNames } from '../../lab/topologies.ts'
import { temporary } from '../cli/kit.ts'

it('one state folder serves one topology after another: the same certificates, and devices that know their own Server', async () => {
  using state = temporary()
  const commons = new Set<string>()
  for (const topology of [...topologyNames(), 'gateway', 'lan']) {
    await using lab = await startLab(topology, { state: state.path })
    expect(lab.state.notices, topology).toEqual([])
    commons.add(lab.certificate('klserver', 'common'))
    const report = await lab.verify({ flows: ['4'] })
    expect(
      report.results.filter(({ asExpected }) => !asExpected),
      topology,
    ).toEqual([])
  }
  expect(commons.size).toBe(1)
}, 60_000)
