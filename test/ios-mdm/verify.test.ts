/** Arrow 17 as `verify` exercises it, in process. */
import { rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plan } from '../../lab/plan.ts'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { administer, TOPOLOGY } from './kit.ts'

let lab: Lab
beforeAll(async () => {
  lab = await startLab(TOPOLOGY)
})
afterAll(() => lab.stop())

describe('arrow 17', () => {
  it('is delivered from every iOS device, again and again', async () => {
    for (const _run of [1, 2]) {
      const { results } = await lab.verify()
      expect(results.map(({ id, verdict, tls }) => [id, verdict, tls])).toEqual([
        ['17@iphone-1>ios-mdm:443', 'delivered', true],
        ['17@iphone-2>ios-mdm:443', 'delivered', true],
      ])
      for (const { evidence } of results)
        for (const at of ['initiator', 'responder'])
          expect(evidence.filter(sight => sight.at === at).map(({ what }) => what)).toEqual(
            expect.arrayContaining(
              at === 'initiator' ? ['request-sent', 'reply-received'] : ['request-received', 'reply-sent'],
            ),
          )
    }
    expect((await administer(lab, 'GET', '/api/devices')).json()).toHaveLength(2)
  })

  it('carries a report of 256 KiB by PUT', async () => {
    let bytes = 0
    const upstream = lab.endpoint('ios-mdm', 443)
    const box = createServer(client => {
      const server = connect(upstream.port, upstream.address)
      client.on('data', chunk => {
        bytes += chunk.length
      })
      client.on('error', () => {})
      server.on('error', () => {})
      client.pipe(server).pipe(client)
    })
    await new Promise<void>(resolve => box.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = box.address() as AddressInfo
      const { results } = await lab.verify({ route: { 'ios-mdm:443': { host: '127.0.0.1', port } } })
      expect(results.map(({ verdict }) => verdict)).toEqual(['delivered', 'delivered'])
      expect(bytes).toBeGreaterThan(2 * 256 * 1024)
    } finally {
      box.close()
    }
  })

  it('is delivered when the server has lost everything: the devices are enrolled anew', async () => {
    await using own = await startLab(TOPOLOGY)
    await own.verify()
    const [device] = (await administer(own, 'GET', '/api/devices')).json()
    await own.stopHost('ios-mdm')
    rmSync(`${own.state.dir}/hosts/ios-mdm/ios-mdm/ios-mdm`, { recursive: true })
    await own.startHost('ios-mdm')
    expect((await own.verify()).results.map(({ verdict }) => verdict)).toEqual(['delivered', 'delivered'])
    const again = (await administer(own, 'GET', '/api/devices')).json()
    expect(again.find(({ udid }: { udid: string }) => udid === device.udid).certificate).not.toBe(device.certificate)
  })

  it('is stopped by a certificate that does not fit, and says so', async () => {
    await lab.present('ios-mdm', 'other-authority')
    try {
      const { results } = await lab.verify()
      expect(results.map(({ verdict }) => verdict)).toEqual(['certificate-rejected', 'certificate-rejected'])
    } finally {
      await lab.present('ios-mdm', null)
    }
    expect((await lab.verify()).results.map(({ verdict }) => verdict)).toEqual(['delivered', 'delivered'])
  })

  it('is of iOS devices alone', async () => {
    const topology = loadTopology(TOPOLOGY)
    const [iphone] = topology.hosts.filter(({ runs }) => runs.includes('ios'))
    if (!iphone) throw new Error('no device')
    const others = {
      ...topology,
      hosts: [...topology.hosts, { ...iphone, name: 'pc', number: 99, runs: ['klnagent' as const] }],
    }
    expect(plan(others, '14.2').map(({ initiator }) => initiator)).toEqual(['iphone-1', 'iphone-2'])
  })
})
