import { describe, expect, it } from 'vitest'
import { flow, flows, flowsFor, schemas } from '../../shared/catalogue/index.ts'
import { KSC_VERSIONS } from '../../shared/catalogue/types.ts'

const NUMBERED = [
  '1',
  '2',
  '3',
  '4',
  '4a',
  '5',
  '6',
  '7',
  '8',
  '9',
  '9a',
  '10',
  '11',
  '12',
  '13',
  '14',
  '15',
  '15a',
  '16',
  '17',
]

/** The rows of the vendor's interaction tables, written down here by hand: topic, initiator, responder, port, transport, TLS. */
const ROWS = [
  [158523, 'administration-server', 'dbms', 3306, 'tcp', 'n/a'],
  [158523, 'administration-server', 'dbms', 1433, 'tcp', 'n/a'],
  [158523, 'administration-server', 'dbms', 5432, 'tcp', 'n/a'],
  [158545, 'admin-console', 'administration-server', 13291, 'tcp', 'yes'],
  [158525, 'administration-server', 'managed-device', 15000, 'udp', 'n/a'],
  [158525, 'managed-device', 'administration-server', 13000, 'tcp', 'yes'],
  [158525, 'managed-device', 'administration-server', 14000, 'tcp', 'no'],
  [158532, 'managed-device', 'distribution-point', 13000, 'tcp', 'yes'],
  [158532, 'managed-device', 'distribution-point', 13295, 'tcp', 'yes'],
  [158532, 'distribution-point', 'managed-device', 15000, 'udp', 'n/a'],
  [158532, 'distribution-point', 'managed-device', 15001, 'udp', 'n/a'],
  [158529, 'secondary-server', 'administration-server', 13000, 'tcp', 'yes'],
  [158529, 'admin-console', 'administration-server', 13291, 'tcp', 'yes'],
  [158530, 'primary-server', 'secondary-server', 13000, 'tcp', 'yes'],
  [158530, 'admin-console', 'administration-server', 13291, 'tcp', 'yes'],
  [158533, 'connection-gateway', 'administration-server', 13000, 'tcp', 'yes'],
  [158533, 'managed-device', 'connection-gateway', 13000, 'tcp', 'yes'],
  [158534, 'administration-server', 'connection-gateway', 13000, 'tcp', 'yes'],
  [158534, 'managed-device', 'connection-gateway', 13000, 'tcp', 'yes'],
  [158535, 'mobile-device', 'administration-server', 13292, 'tcp', 'yes'],
  [158535, 'mobile-device', 'administration-server', 17100, 'tcp', 'yes'],
  [178949, 'browser', 'web-console-server', 8080, 'tcp', 'yes'],
  [178949, 'web-console-server', 'administration-server', 13299, 'tcp', 'yes'],
] as const

describe('the catalogue', () => {
  it('has every numbered arrow', () => {
    expect(flows.map(({ id }) => id)).toEqual(expect.arrayContaining(NUMBERED))
    expect(new Set(flows.map(({ id }) => id)).size).toBe(flows.length)
  })

  it.each(ROWS)(
    'has the row of topic %i: %s to %s, %i/%s, TLS %s',
    (topic, initiator, responder, port, transport, tls) => {
      const id = schemas.find(schema => schema.topic === topic)?.id ?? 'no such topic'
      const found = flows.filter(
        candidate =>
          candidate.schemas.includes(id) &&
          candidate.initiator.includes(initiator) &&
          candidate.responder.includes(responder) &&
          (candidate.transport === 'https' ? 'tcp' : candidate.transport) === transport &&
          candidate.ports.some(listed => listed.port === port && listed.tls === tls),
      )
      expect(found).toHaveLength(1)
    },
  )

  it('gives the arrows of a schema in a version', () => {
    expect(flowsFor({ schema: 'lan', version: '14.2' }).map(({ id }) => id)).toEqual([
      '1',
      '2',
      '2-bcast',
      '3',
      '4',
      '4-plain',
      '5',
      '6',
      '7',
      '8',
      '9',
    ])
    expect(flowsFor({ version: 'linux-15' }).map(({ id }) => id)).not.toContain('6')
    expect(flowsFor({ version: '13.1' }).map(({ id }) => id)).not.toContain('x-dp-mcast')
  })

  it('names what would be accepted for an unknown id', () => {
    expect(() => flow('4b')).toThrow('there is no flow "4b"; near it are 4, 4-plain, 4a')
    expect(() => flow('99')).toThrow('`ksc-lab flows`')
  })
})

describe('each flow', () => {
  it.each(flows.map(listed => [listed.id, listed] as const))('%s is consistent', (_id, listed) => {
    for (const { port } of listed.ports) expect(port).toBeGreaterThan(0)
    for (const { port } of listed.ports) expect(port).toBeLessThan(65_536)
    if (listed.transport === 'https') for (const { tls } of listed.ports) expect(tls).toBe('yes')
    if (listed.transport === 'udp') for (const { tls } of listed.ports) expect(tls).toBe('n/a')
    if (listed.fidelity === 'documented') expect(listed.source).not.toEqual([])
    for (const schema of listed.schemas) expect(schemas.map(({ id }) => id)).toContain(schema)
    for (const version of listed.versions) expect([...KSC_VERSIONS, 'linux-14', 'cloud-console']).toContain(version)
    for (const url of listed.source) expect(() => new URL(url)).not.toThrow()
  })

  it("marks the vendor's misprints and does not copy them", () => {
    expect(flow('4-plain').ports).toEqual([{ port: 14000, tls: 'no' }])
    expect(flow('4-plain').misprints?.[0]?.printed).toContain('14000 is a TLS port')
    expect(flow('14').initiator).toEqual(['mobile-device'])
    expect(flow('14').misprints?.[0]?.printed).toContain('Administration Console')
    expect(flows.filter(({ ports }) => ports.some(({ port, tls }) => port === 14000 && tls !== 'no'))).toEqual([])
  })
})
