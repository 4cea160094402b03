/** Every arrow of the topologies with a gateway, and who opens the connections between gateway and Server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plan } from '../../lab/plan.ts'
import type { Report } from '../../lab/report.ts'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { noted } from '../klserver/kit.ts'

const flowsOf = ({ results }: Report, flow: string) => results.filter(result => result.flow === flow)

/** Where the gateway's own connections over the network go, by its journal. */
const dialledByGateway = (lab: Lab): string[] =>
  lab.journal.entries().flatMap(entry => {
    const mine = entry.host === 'gateway' && entry.end === 'initiator' && entry.transport === 'tcp'
    return mine && entry.what === 'connecting' ? [entry.detail.to] : []
  })

describe.each([
  { name: 'gateway', carried: '4a-agents', through: ['dmz-pc', 'roamer-1', 'roamer-2'] },
  { name: 'gateway-segment', carried: 'x-gw-segment-agents', through: ['branch-1', 'branch-2', 'dmz-pc'] },
  { name: 'server-dmz', carried: null, through: [] },
])('topology $name', ({ name, carried, through }) => {
  let lab: Lab
  let report: Report
  beforeAll(async () => {
    lab = await startLab(name, { seed: 1 })
    report = await lab.verify()
  })
  afterAll(() => lab.stop())

  it('delivers or skips every planned arrow', () => {
    expect(report.results.filter(({ asExpected }) => !asExpected)).toEqual([])
    expect(report.results.map(({ id }) => id).sort()).toEqual(
      plan(lab.topology, '14.2')
        .map(({ id }) => id)
        .sort(),
    )
    expect([...new Set(report.results.map(({ flow }) => flow))]).toEqual(lab.topology.arrows)
  })

  it('names the gateway where it carries, and nowhere else', () => {
    for (const result of report.results)
      expect(result.via, result.id).toEqual(
        [carried, carried && '14'].includes(result.flow) && result.initiator !== 'office-phone' ? ['gateway'] : [],
      )
    if (carried === null) return
    const results = flowsOf(report, carried)
    expect(results.map(({ initiator }) => initiator).sort()).toEqual(through)
    for (const { verdict, responder, evidence, id } of results) {
      expect({ verdict, responder }, id).toEqual({ verdict: 'delivered', responder: 'klserver' })
      const at = (host: string) => evidence.filter(entry => entry.host === host).map(({ what }) => what)
      expect(at('gateway'), id).toEqual(expect.arrayContaining(['accepted', 'client-hello', 'carried']))
      expect(at('gateway'), `${id}: the gateway ends no TLS of it`).not.toContain('secure')
      expect(at('gateway'), `${id}: and reads nothing`).not.toContain('request-received')
      expect(at('klserver'), id).toContain('request-received')
    }
  })

  it('devices behind the gateway wake up, notify and download by no way of their own', () => {
    for (const flow of ['2', '3', '4', '4-plain', '5', '16'])
      for (const { initiator, responder, id } of flowsOf(report, flow))
        expect(
          through.filter(host => host === initiator || host === responder),
          id,
        ).toEqual([])
  })
})

it('a gateway in a DMZ dials nobody but itself; the Server dials it, and Apple is asked by the iOS MDM Server on its device', async () => {
  await using lab = await startLab('gateway', { seed: 1 })
  await lab.verify()
  const to = dialledByGateway(lab)
  // Its own agent comes in by its own door.
  expect(to.filter(target => target.startsWith('klserver'))).toEqual([])
  expect([...new Set(to)].sort().reverse()).toEqual(['gateway:13000', 'apple:443', 'apple:2197'])
  const signals = noted(lab, 'signal').filter(({ host, end }) => host === 'klserver' && end === 'initiator')
  expect(signals).toMatchObject([{ detail: { state: 'established', peer: 'gateway' } }])
})

it('a gateway in a segment dials the Server for itself and for every device', async () => {
  await using lab = await startLab('gateway-segment', { seed: 1 })
  const report = await lab.verify()
  const carried = noted(lab, 'carried')
  const to = dialledByGateway(lab).filter(target => target.endsWith(':13000'))
  expect([...new Set(to)].sort().reverse()).toEqual(['klserver:13000'])
  expect(carried.length).toBeGreaterThanOrEqual(flowsOf(report, 'x-gw-segment-agents').length)
  expect(to.length, 'one each, and its own kept one').toBeGreaterThan(carried.length)
  const fromServer = noted(lab, 'connecting').filter(
    ({ host, detail }) => host === 'klserver' && detail.to === 'gateway:13000',
  )
  expect(fromServer, 'the Server dials no gateway here').toEqual([])
})
