import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plan } from '../../lab/plan.ts'
import type { Result } from '../../lab/report.ts'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import type { Sight } from '../../shared/journal/observation.ts'
import { startPair } from '../gateway/kit.ts'
import { journalled, noted } from '../klserver/kit.ts'
import { type Passing, startGroupBox } from './box.ts'

const MIB_8 = 8 * 1024 * 1024
/** Of 1,280 bytes each. */
const PIECES = 6_554
/** ms for each step: generous, since a slow machine is no fault of the package. */
const timeout = 10_000

const detail = <What extends Sight['what']>(result: Result | undefined, what: What) =>
  result?.evidence.find(entry => entry.what === what)?.detail
const whole = { bytes: MIB_8, of: MIB_8, complete: true }
const keepsConnection = (lab: Lab, device: string) =>
  journalled(
    lab,
    ({ host, end, port, what }) =>
      host === device && end === 'initiator' && port === 13295 && what === 'reply-received',
  )

describe('a package by multicast', () => {
  it('reaches 20 agents with one transmission', { timeout: 30_000 }, async () => {
    const shipped = loadTopology('gateway-segment')
    const [server, gateway, device] = ['klserver', 'gateway', 'dmz-pc'].map(name =>
      shipped.hosts.find(host => host.name === name),
    )
    if (!server || !gateway || !device) throw new Error('the shipped topology has other names now')
    const agents = Array.from({ length: 20 }, (_, at) => ({ ...device, name: `pc-${at + 1}`, number: 101 + at }))
    await using lab = await startLab({ ...shipped, hosts: [server, gateway, ...agents] }, { seed: 1 })
    await Promise.all(agents.map(({ name }) => keepsConnection(lab, name)))

    const to = { host: 'pc-7', port: 15001 }
    await lab.stage.exercise('gateway', { flow: 'x-dp-mcast', nonce: 'one-for-all', to, servername: '', timeout })
    await expect.poll(() => noted(lab, 'multicast-received').length, { timeout }).toBe(20)
    await expect.poll(() => noted(lab, 'reply-sent').filter(({ port }) => port === 15001).length, { timeout }).toBe(20)
    expect(noted(lab, 'multicast-sent').map(({ detail }) => detail)).toEqual([{ datagrams: PIECES, bytes: MIB_8 }])
    const transfers = noted(lab, 'transfer').filter(({ port }) => port === 15001)
    expect(transfers.map(({ host }) => host).sort()).toEqual(agents.map(({ name }) => name).sort())
    for (const { detail } of transfers) expect(detail).toEqual(whole)
    // Only of the one that was asked for is it said that it had this exercise's package.
    const named = noted(lab, 'request-received').filter(({ nonce }) => nonce === 'one-for-all')
    expect(named.map(({ host }) => host)).toEqual(['pc-7'])
    expect(noted(lab, 'exercise-failed')).toEqual([])
  })

  it.each(['gateway', 'gateway-segment'] as const)(
    'is delivered in %s, and both ends say what went and what came',
    async topology => {
      await using lab = await startPair({}, topology, ['dmz-pc'])
      const { results } = await lab.verify({ flows: ['x-dp-mcast'], timeout })
      expect(results.map(({ id, verdict }) => [id, verdict])).toEqual([
        ['x-dp-mcast@gateway>dmz-pc:15001', 'delivered'],
      ])
      expect(results[0]?.address).toBe('239.255.15.1')
      expect(detail(results[0], 'multicast-sent')).toEqual({ datagrams: PIECES, bytes: MIB_8 })
      const received = detail(results[0], 'multicast-received') as { pieces: number; missing: number }
      expect(received.pieces + received.missing).toBe(PIECES)
      expect(detail(results[0], 'transfer')).toEqual(whole)
    },
  )

  it('is of 14.2 alone: elsewhere no arrow is planned and no group is joined', async () => {
    const topology = loadTopology('gateway')
    const planned = (version: '13.1' | '14.2' | '15.1') =>
      plan(topology, version).filter(({ flow }) => flow.id === 'x-dp-mcast')
    expect(planned('14.2').map(({ id }) => id)).toEqual(['x-dp-mcast@gateway>dmz-pc:15001'])
    expect([...planned('13.1'), ...planned('15.1')]).toEqual([])
    await using lab = await startLab(topology, {
      kscVersion: '13.1',
      external: topology.hosts.map(({ name }) => name).filter(name => name !== 'dmz-pc'),
    })
    expect(lab.endpoint('dmz-pc', 15001, 'udp').address).toBe('127.0.0.1')
  })
})

describe('x-dp-mcast', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startPair({}, 'gateway-segment', ['dmz-pc'])
    await keepsConnection(lab, 'dmz-pc')
  })
  afterAll(() => lab.stop())

  const through = async (passing: Passing, patience = timeout) => {
    await using box = await startGroupBox(lab.endpoint('dmz-pc', 15001, 'udp'), passing)
    const route = { 'dmz-pc:15001/udp': { host: box.at.address, port: box.at.port } }
    const { results } = await lab.verify({ flows: ['x-dp-mcast'], route, timeout: patience })
    expect(results).toHaveLength(1)
    expect(box.came()).toBe(PIECES)
    return results[0]
  }

  it('what is lost is asked for again by TCP, and the sum is right', async () => {
    // The first, the last, two neighbours, and one alone.
    const lost = new Set([0, 700, 701, 4_000, PIECES - 1])
    const result = await through((datagram, index) => (lost.has(index) ? [] : [datagram]))
    expect(result?.verdict).toBe('delivered')
    const { pieces, missing } = detail(result, 'multicast-received') as { pieces: number; missing: number }
    expect(missing).toBeGreaterThanOrEqual(lost.size)
    expect(pieces + missing).toBe(PIECES)
    expect(detail(result, 'transfer')).toEqual(whole)
  })

  it('what is malformed or forged is written down, and the others are taken', async () => {
    const from = noted(lab, 'datagram-refused').length
    const result = await through((datagram, index) => {
      if (index === 10) return [Buffer.from('not a map'), datagram]
      if (index === 20) return [datagram.subarray(0, 100), Buffer.alloc(1_401), datagram]
      if (index === 30) return [Buffer.concat([datagram.subarray(0, -1), Buffer.of((datagram.at(-1) ?? 0) ^ 1)])]
      return [datagram, ...(index === 40 ? [datagram] : [])]
    })
    expect(result?.verdict).toBe('delivered')
    expect(detail(result, 'transfer')).toEqual(whole)
    const reasons = noted(lab, 'datagram-refused')
      .slice(from)
      .map(({ detail }) => detail.reason.replace(/:.*/s, ''))
    expect(reasons).toEqual(['truncated', 'truncated', 'too-large', 'forged'])
  })

  it('is filtered where no datagram passes, and nothing is fetched by TCP instead', async () => {
    const from = noted(lab, 'accepted').length
    const result = await through(() => [], 3_000)
    expect(result?.verdict).toBe('filtered')
    const dialled = noted(lab, 'accepted').slice(from)
    expect(dialled.filter(({ host, port }) => host === 'gateway' && port === 13000)).toEqual([])
  })
})
