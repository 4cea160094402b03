/** What must not pass, where nothing stops it: in one process there is no firewall between the zones. */
import { expect, it } from 'vitest'
import { formats } from '../../lab/formats/index.ts'
import { plan } from '../../lab/plan.ts'
import { probes } from '../../lab/probes.ts'
import { startLab } from '../../lab/start-lab.ts'
import { loadTopology, topologyNames } from '../../lab/topologies.ts'

it('every probe of a lab without a firewall is exposed, seen from both ends, with what to do about it', async () => {
  await using lab = await startLab('gateway')
  const report = await lab.verify({ flows: ['8'], probes: true })
  // 13295 opens with the push server.
  const probed = report.results.filter(({ expected, port }) => expected === 'blocked' && port !== 13295)
  expect(probed.length).toBeGreaterThan(20)
  for (const result of probed) {
    expect(result, result.id).toMatchObject({ verdict: 'exposed', asExpected: false })
    expect(new Set(result.evidence.map(({ at }) => at)), result.id).toEqual(new Set(['initiator', 'responder']))
  }
  const internal = probed.find(({ id }) => id === '6@roamer-1>klserver:13291')
  expect(internal?.explanation).toContain('roamer-1 reached klserver:13291/tcp')
  expect(internal?.advice).toContain('tcp dport')
  expect(report.summary.unexpected).toBeGreaterThanOrEqual(probed.length)
  expect(formats.pretty(report, { color: false, width: 120 })).toContain('6@roamer-1>klserver:13291  exposed')
})

it.each(topologyNames())('%s: nothing that an arrow needs is among what must not pass', name => {
  const topology = loadTopology(name)
  const allowed = plan(topology, '14.2')
  const zoneOf = new Map(topology.hosts.map(host => [host.name, host.zone]))
  const way = ({ initiator, dials, transport }: (typeof allowed)[number]) =>
    `${zoneOf.get(initiator)} ${dials.host}:${dials.port}/${transport}`
  const open = new Set(allowed.map(way))
  const tried = probes(topology, '14.2', allowed)
  expect(tried.filter(one => open.has(way(one)))).toEqual([])
  expect(tried.filter(one => zoneOf.get(one.initiator) === zoneOf.get(one.responder))).toEqual([])
  expect(new Set(tried.map(({ id }) => id)).size).toBe(tried.length)
})
