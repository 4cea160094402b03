/** What is drawn, before it is known where. */
import { describe, expect, it } from 'vitest'
import type { Diagram } from '../../lab/diagram/model.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { drawn, threeZones, verdictsOf } from './kit.ts'

const lan = loadTopology('lan')
const arrow = (diagram: Diagram, id: string) => diagram.arrows.find(one => one.id === id)
const says = (diagram: Diagram, id: string) => arrow(diagram, id)?.lines.map(({ text }) => text)

describe('a diagram', () => {
  it('gathers the flows of a pair of hosts in one arrow a direction', () => {
    const diagram = drawn(lan)
    expect(diagram.arrows.map(({ id }) => id).sort()).toEqual([
      'admin-pc>klserver',
      'admin-pc>web-console',
      'agent-1>agent-1',
      'agent-1>klserver',
      'klserver>agent-1',
      'klserver>dbms@lan',
      'klserver>kaspersky',
      'web-console>klserver',
    ])
    expect(says(diagram, 'agent-1>klserver')).toEqual([
      '3 · 13000/udp',
      '4 · 13000',
      '4-plain · 14000',
      '5 · 17000',
      '16 · 8060, 8061',
      'x-ksn-tcp · 13111',
      'x-ksn-udp · 15111/udp',
    ])
    expect(says(diagram, 'agent-1>agent-1')).toEqual(['2-bcast · 15000/udp', '7 · local'])
  })

  it('draws a role that no host has as a box of its own', () => {
    const { boxes } = drawn(lan)
    expect(boxes.filter(({ absent }) => absent).map(({ id, label, zone }) => [id, label, zone])).toEqual([
      ['dbms@lan', 'dbms', 'lan'],
    ])
  })

  it('draws equal hosts once, and names them', () => {
    expect(drawn(lan).boxes.map(({ label }) => label)).toContain('agent-1, agent-2')
    const agent = lan.hosts.find(({ name }) => name === 'agent-1')
    const many = Array.from({ length: 12 }, (_, index) => ({ ...agent, name: `pc-${index + 1}`, number: 120 + index }))
    const grown = { ...lan, hosts: [...lan.hosts.filter(({ runs }) => runs[0] !== 'klnagent'), ...many] } as typeof lan
    expect(drawn(grown).boxes.map(({ label }) => label)).toContain('pc-1 … pc-12 (12)')
    expect(says(drawn(grown), 'pc-1>pc-1')).toEqual(['2-bcast · 15000/udp', '7 · local'])
  })

  it('is not confused by a ring that passes from one kind of host to another', () => {
    const kinds = lan.hosts.map(host =>
      host.name === 'klserver' ? { ...host, runs: [...host.runs, 'klnagent'] } : host,
    )
    expect(drawn({ ...lan, hosts: kinds } as typeof lan).boxes.map(({ label }) => label)).toContain('agent-1, agent-2')
  })

  it('keeps apart hosts of different zones, programs or ports', () => {
    const moved = lan.hosts.map(host => (host.name === 'agent-2' ? { ...host, ports: { 15000: 15001 } } : host))
    const diagram = drawn({ ...lan, hosts: moved })
    expect(diagram.boxes.map(({ label }) => label)).toEqual(expect.arrayContaining(['agent-1', 'agent-2']))
    expect(says(diagram, 'agent-1>agent-2')).toEqual(['2-bcast · 15001/udp'])
  })

  it('has the zones with hosts from top to bottom, and a title for each number', () => {
    expect(drawn(lan).zones).toEqual(['internet', 'lan'])
    expect(drawn(threeZones).zones).toEqual(['internet', 'dmz', 'lan'])
    expect(drawn(lan).legend.map(({ id }) => id)).toEqual(lan.arrows)
    expect(drawn(lan).legend[0]).toEqual({ id: '1', title: 'Server to database' })
  })
})

describe('a report', () => {
  it('gives arrows their outcome, and the verdict where it is a bad one', () => {
    const bad = { '5@': 'tls-intercepted', '16@agent-2>klserver:8061': 'refused', '1@': 'skipped' } as const
    const diagram = drawn(lan, verdictsOf(lan, bad))
    expect(Object.fromEntries(diagram.arrows.map(({ id, outcome }) => [id, outcome]))).toMatchObject({
      'agent-1>klserver': 'failed',
      'klserver>agent-1': 'delivered',
      'klserver>dbms@lan': 'skipped',
    })
    expect(arrow(diagram, 'agent-1>klserver')?.lines.map(({ word }) => word)).toEqual([
      null,
      null,
      null,
      'tls-intercepted',
      'refused (agent-2)',
      null,
      null,
    ])
  })

  it('of some flows leaves the others as not exercised', () => {
    const diagram = drawn(lan, new Map([['9a@admin-pc>web-console:8080', 'delivered']]))
    const outcomes = Object.groupBy(diagram.arrows, ({ outcome }) => outcome)
    expect(outcomes.delivered?.map(({ id }) => id)).toEqual(['admin-pc>web-console'])
    expect(outcomes.skipped).toHaveLength(diagram.arrows.length - 1)
  })
})
