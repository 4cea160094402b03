/** The schema with a reverse proxy: who dials whom, what is published, and which leg is to blame. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeHosts } from '../../lab/describe.ts'
import { plan } from '../../lab/plan.ts'
import { probes } from '../../lab/probes.ts'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { forwardsOf } from '../../shared/config/published.ts'
import type { Topology } from '../../shared/config/topology.ts'

const topology = loadTopology('reverse-proxy')
const planned = plan(topology, '14.2')

describe('the plan', () => {
  it('sends everything from the internet by the proxy, under its name', () => {
    const outside = planned.filter(({ initiator }) => /^(roamer|home-pc|ios|android)/.test(initiator))
    const crossing = outside.filter(({ flow }) => !['7', '2-bcast', '11', '13', '15'].includes(flow.id))
    expect([...new Set(crossing.map(({ flow }) => flow.id))].sort()).toEqual([
      '14',
      '15a',
      '16',
      '17',
      '3',
      '4',
      '5',
      '9a',
    ])
    for (const { id, via, dials, servername } of crossing) {
      expect(via, id).toEqual(['reverse-proxy'])
      expect(dials.host, id).toBe('reverse-proxy')
      expect(servername, id).toBe('reverse-proxy.dmz.ksc-lab.test')
    }
  })

  it('leaves those inside alone', () => {
    for (const { id, via } of planned.filter(({ initiator }) =>
      /^(agent|admin-pc|web-console|klserver)/.test(initiator),
    ))
      expect(via, id).toEqual([])
  })

  it('publishes the arrows of the schema and no port more', () => {
    const forwards = forwardsOf(topology, { name: 'reverse-proxy' })
    expect(forwards.map(({ port, transport, to }) => `${port}/${transport} ${to}`)).toEqual([
      '13000/udp klserver',
      '13000/tcp klserver',
      '17000/tcp klserver',
      '8080/tcp web-console',
      '13292/tcp klserver',
      '13293/tcp klserver',
      '17100/tcp klserver',
      '8060/tcp klserver',
      '8061/tcp klserver',
      '443/tcp klserver',
    ])
  })

  it('tries in containers that nobody reaches a Server past the proxy', () => {
    const blocked = probes(topology, '14.2', planned).map(({ initiator, responder, port, transport }) =>
      [initiator, responder, `${port}/${transport}`].join(' '),
    )
    for (const port of ['13000/tcp', '13000/udp', '8061/tcp', '13291/tcp'])
      expect(blocked).toContain(`roamer-1 klserver ${port}`)
    expect(blocked).toContain('klserver reverse-proxy 13000/tcp')
    expect(blocked).not.toContain('roamer-1 reverse-proxy 13000/tcp')
  })

  it('tells the arrow by the proxy and the try past it apart', () => {
    const tried = probes(topology, '14.2', planned)
    expect(tried.map(({ id }) => id)).toContain('4@roamer-1>klserver:13000/direct')
    const ids = [...planned, ...tried].map(({ id }) => id)
    expect(ids.toSorted()).toEqual([...new Set(ids)].toSorted())
  })

  it('tries nothing from a host in whose place another stands, and all the same to it', () => {
    const from = (external: string[]) => probes(topology, '14.2', planned, external).map(({ initiator }) => initiator)
    expect(from([])).toContain('reverse-proxy')
    expect(from(['reverse-proxy'])).not.toContain('reverse-proxy')
    expect(from(['klserver'])).toContain('web-console')
    const tried = probes(topology, '14.2', planned, ['reverse-proxy'])
    expect(tried.map(({ responder }) => responder)).toContain('reverse-proxy')
  })
})

describe('what is described', () => {
  it('has the forwards of the proxy, by the numbers and addresses of this lab', () => {
    const moved: Topology = {
      ...topology,
      hosts: topology.hosts.map(host =>
        host.name === 'klserver'
          ? { ...host, ports: { 13000: 13100 } }
          : host.name === 'reverse-proxy'
            ? { ...host, ports: { 443: 8443 } }
            : host,
      ),
    }
    const { 'reverse-proxy': box } = describeHosts(moved, 'compose')
    expect(box?.forwards).toContainEqual({
      ...{
        documented: 13_000,
        port: 13_000,
        transport: 'tcp',
        to: 'klserver',
        toAddress: '192.0.2.10',
        toPort: 13_100,
      },
    })
    expect(box?.forwards).toContainEqual({
      ...{ documented: 443, port: 8_443, transport: 'tcp', to: 'klserver', toAddress: '192.0.2.10', toPort: 443 },
    })
    expect(box?.listeners).toContainEqual(expect.objectContaining({ documented: 443, port: 8_443, flow: ['17'] }))
  })
})

describe('the lab', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab('reverse-proxy')
  })
  afterAll(() => lab.stop())

  it('delivers every arrow, and names the proxy on the way', async () => {
    const { results } = await lab.verify()
    expect(results.filter(({ asExpected }) => !asExpected)).toEqual([])
    const carried = results.filter(({ via }) => via.length > 0)
    expect(carried).toHaveLength(19)
    for (const { id, evidence } of carried)
      expect(
        evidence.some(({ host, what }) => host === 'reverse-proxy' && what === 'carried'),
        id,
      ).toBe(true)
  })

  it('says that the responder is not reached from the proxy, and what to let through', async () => {
    await lab.stopHost('web-console')
    try {
      const { results } = await lab.verify({ flows: ['9a'] })
      const result = results.find(({ initiator }) => initiator === 'home-pc')
      expect(result?.verdict).toBe('reset')
      expect(result?.explanation).toMatch(
        /The reverse proxy reverse-proxy received it and did not carry it on: web-console:8080 .*ECONNREFUSED/,
      )
      expect(result?.advice).toContain('let reverse-proxy reach web-console:8080')
    } finally {
      await lab.startHost('web-console')
    }
  })

  it('says that the proxy itself is not reached', async () => {
    await lab.stopHost('reverse-proxy')
    try {
      const { results } = await lab.verify({ flows: ['16'] })
      for (const { initiator, verdict, explanation } of results)
        if (/^(roamer|android|ios)/.test(initiator)) {
          expect(verdict).toBe('refused')
          expect(explanation).toContain('The reverse proxy reverse-proxy saw nothing of it')
        } else expect(verdict).toBe('delivered')
    } finally {
      await lab.startHost('reverse-proxy')
    }
  })
})

/** A box of somebody's on a free port: bytes to one place, or to none. */
async function box(to: (() => { address: string; port: number }) | null): Promise<AsyncDisposable & { port: number }> {
  const open = new Set<Socket>()
  const server = createServer(socket => {
    open.add(socket)
    socket.on('error', () => {})
    if (to === null) return
    const { address, port } = to()
    const onward = connect(port, address)
    open.add(onward)
    onward.on('error', () => socket.destroy())
    socket.pipe(onward).pipe(socket)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise(closed => server.close(closed))
    },
  }
}

describe("the user's own proxy in its place", () => {
  const published = (port: number): Topology => ({
    ...topology,
    hosts: topology.hosts.map(host => (host.name === 'reverse-proxy' ? { ...host, ports: { 8060: port } } : host)),
  })
  const roamers = (lab: Lab) =>
    lab
      .verify({ flows: ['16'], timeout: 700 })
      .then(({ results }) => results.filter(({ initiator, port }) => initiator.startsWith('roamer') && port === 8060))

  it('is dialled at the place of the host that is not started', async () => {
    let lab: Lab | null = null
    await using mine = await box(() => lab?.endpoint('klserver', 8060) ?? { address: '127.0.0.1', port: 1 })
    await using running = await startLab(published(mine.port), { external: ['reverse-proxy'] })
    lab = running
    const results = await roamers(running)
    expect(results.map(({ verdict }) => verdict)).toEqual(['delivered', 'delivered'])
    for (const { address, evidence } of results) {
      expect(address).toBe('127.0.0.1')
      expect(evidence.some(({ host }) => host === 'reverse-proxy')).toBe(false)
    }
  })

  it('is accused by its address where it passes nothing on', async () => {
    await using mine = await box(null)
    await using lab = await startLab(published(mine.port), { external: ['reverse-proxy'] })
    for (const { verdict, explanation } of await roamers(lab)) {
      expect(verdict).toBe('silent')
      expect(explanation).toContain(`the reverse proxy at 127.0.0.1:${mine.port} accepts and does not pass it on`)
      expect(explanation).not.toContain('saw nothing of it')
    }
  })
})
