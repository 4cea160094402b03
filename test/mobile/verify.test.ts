/** Arrows 14, 15 and 15a as `verify` exercises them: by both kinds of gateway, and without one. */
import { X509Certificate } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plan } from '../../lab/plan.ts'
import { probes } from '../../lab/probes.ts'
import { ruleSet } from '../../lab/rules/ruleset.ts'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { fingerprintOf } from '../../shared/tls/seen.ts'
import { signalIs, since, startWire } from '../gateway/kit.ts'
import { deviceOf, noted } from '../klserver/kit.ts'

const SEGMENT = fileURLToPath(new URL('segment.yaml', import.meta.url))
const PORTS = [13292, 13293] as const

/** What `verify` says of the phone on the internet; office-phone of `gateway` goes to the Server itself. */
const roaming = async (lab: Lab, options: Parameters<Lab['verify']>[0]) =>
  (await lab.verify(options)).results.filter(({ initiator }) => initiator === 'android-1')

describe.each([
  { topology: 'gateway', via: ['gateway'] },
  { topology: SEGMENT, via: ['gateway'] },
  { topology: 'server-dmz', via: [] },
])('arrow 14 in $topology', ({ topology, via }) => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab(topology, { seed: 1 })
  })
  afterAll(() => lab.stop())
  const first = via[0] ?? 'klserver'

  it('is delivered on both ports, again and again, and both ends say so', async () => {
    for (const _run of [1, 2]) {
      const results = await roaming(lab, { flows: ['14'] })
      expect(results.map(({ id, verdict, via: by, tls }) => [id, verdict, by, tls])).toEqual(
        PORTS.map(port => [`14@android-1>klserver:${port}`, 'delivered', via, true]),
      )
      const pin = fingerprintOf(new X509Certificate(lab.certificate('klserver', 'mobile')))
      for (const { evidence } of results) {
        const of = (host: string) => evidence.filter(sight => sight.host === host)
        expect(of('android-1').find(({ what }) => what === 'certificate-seen')?.detail).toMatchObject({
          fingerprint: pin,
        })
        expect(of('klserver').map(({ what }) => what)).toEqual(
          expect.arrayContaining(['request-received', 'reply-sent']),
        )
        const [gateway] = via
        if (gateway === undefined) continue
        const there = of(gateway).map(({ what }) => what)
        expect(there).toEqual(expect.arrayContaining(['accepted', 'client-hello', 'carried']))
        expect(there, 'ends no TLS').not.toContain('secure')
      }
    }
    expect(
      fingerprintOf(new X509Certificate(lab.certificate('android-1', 'client'))),
      'one for clients of the user',
    ).not.toBe(fingerprintOf(new X509Certificate(lab.certificate('klserver', 'mobile'))))
    expect(await deviceOf(lab, 'android-1')).toMatchObject({ user: 'user of android-1', state: 'on' })
  })

  it.each(PORTS)('what passes on %i says neither the nonce nor a word of the protocol', async port => {
    await using wire = await startWire(() => lab.endpoint(first, port))
    const results = await roaming(lab, {
      flows: ['14'],
      route: { [`${first}:${port}`]: { host: wire.at.address, port: wire.at.port } },
    })
    expect(results.map(({ verdict }) => verdict)).toEqual(['delivered', 'delivered'])
    expect(wire.connections()).toBe(1)
    const bytes = wire.bytes()
    expect(bytes.length).toBeGreaterThan(1_500)
    expect(bytes.includes('klserver'), 'the name asked for is in the clear: the search would find something').toBe(true)
    const nonces = new Set(noted(lab, 'request-received').map(({ detail }) => detail.nonce))
    for (const word of [...nonces, 'hello', 'welcome', 'nonce', 'agentId', 'user of android-1'])
      expect(bytes.includes(word), word).toBe(false)
  })

  it('a box on the way that ends TLS is found out by the pin', async () => {
    const { startMiddlebox } = await import('../../shared/faults/middlebox.ts')
    const identity = lab.state.credentials.identity('web-server')
    await using box = await startMiddlebox('tls-intercepted', lab.endpoint(first, 13292), {
      transport: 'tcp',
      identity,
    })
    const results = await roaming(lab, {
      flows: ['14'],
      timeout: 700,
      route: { [`${first}:13292`]: { host: box.at.address, port: box.at.port } },
    })
    expect(results.map(({ verdict }) => verdict)).toEqual(['tls-intercepted', 'delivered'])
    expect(results[0]?.explanation).toContain('Administration Server authentication error')
  })

  it('a port that is forwarded to that of Network Agents is told as such', async () => {
    // Behind a gateway the wrong turn is between the phone and the gateway; else before the Server.
    const agents = lab.endpoint(first, 13000)
    const results = await roaming(lab, {
      flows: ['14'],
      timeout: 700,
      route: { [`${first}:13292`]: { host: agents.address, port: agents.port } },
    })
    expect(results[0]?.verdict).toBe('wrong-responder')
    expect(results[0]?.explanation).toContain('klserver:13000')
  })
})

describe('the Server shows on 13292', () => {
  it('the certificate of Network Agents: refused by the pin', async () => {
    await using lab = await startLab('server-dmz', { seed: 1 })
    await lab.verify({ flows: ['14'] })
    lab.state.present('mobile', lab.state.credentials.identity('common'))
    const results = await roaming(lab, { flows: ['14'], timeout: 700 })
    for (const { verdict, explanation } of results) {
      expect(verdict).toBe('certificate-rejected')
      expect(explanation).toContain('CN=Administration Server, O=ksc-lab')
    }
  })
})

describe('a gateway in a DMZ', () => {
  it('whose Server is away resets the phone, and says what to mend first', async () => {
    await using lab = await startLab('gateway', { seed: 1 })
    await lab.verify({ flows: ['14'] })
    await lab.stopHost('klserver')
    const results = await roaming(lab, { flows: ['14'], timeout: 700 })
    expect(results.map(({ verdict }) => verdict)).toEqual(['reset', 'reset'])
    for (const { explanation, advice } of results) {
      expect(explanation).toContain('The connection gateway gateway received it and did not carry it on')
      expect(advice).toContain('arrow 4a, klserver to gateway:13000')
    }
    await lab.startHost('klserver')
    await signalIs(lab, 'established', since(lab))
    const again = await roaming(lab, { flows: ['14'] })
    expect(again.map(({ verdict }) => verdict)).toEqual(['delivered', 'delivered'])
  })
})

describe('the other arrows of a phone', () => {
  it('15 and 15a are delivered: Kaspersky by itself, and activation by the Server', async () => {
    await using lab = await startLab('server-dmz', { seed: 1 })
    const { results } = await lab.verify({ flows: ['15', '15a', '16'] })
    expect(
      results.filter(({ initiator }) => initiator === 'android-1').map(({ id, verdict }) => [id, verdict]),
    ).toEqual([
      ['15@android-1>kaspersky:443', 'delivered'],
      ['15a@android-1>klserver:17100', 'delivered'],
      ['16@android-1>klserver:8060', 'delivered'],
      ['16@android-1>klserver:8061', 'delivered'],
    ])
  })

  it('are not of Network Agents, and a phone has none of theirs', () => {
    for (const [name, phones] of [
      ['gateway', ['android-1', 'office-phone']],
      ['server-dmz', ['android-1']],
      ['reverse-proxy', ['android-1']],
    ] as const) {
      const instances = plan(loadTopology(name), '14.2')
      const mobile = instances.filter(({ flow }) => ['14', '15', '15a'].includes(flow.id))
      expect(new Set(mobile.map(({ initiator }) => initiator))).toEqual(new Set(phones))
      const ofPhone = instances.filter(({ initiator, responder }) =>
        phones.some(phone => phone === initiator || phone === responder),
      )
      expect(ofPhone.filter(({ flow }) => !['11', '14', '15', '15a', '16'].includes(flow.id))).toEqual([])
    }
  })
})

describe('a gateway in a segment', () => {
  const topology = loadTopology(SEGMENT)
  const instances = plan(topology, '14.2')

  it('opens the ports of mobile devices to the Server, and the firewall lets it', () => {
    const set = ruleSet(topology, instances)
    const keys = set.at === 'firewall' ? set.passing.map(({ key }) => key) : []
    expect(keys).toEqual(
      expect.arrayContaining(PORTS.flatMap(port => [`android-1>gateway:${port}/tcp`, `gateway>klserver:${port}/tcp`])),
    )
    expect(keys).not.toContain('android-1>klserver:13292/tcp')
  })

  it('may, and others may not', () => {
    const tried = probes(topology, '14.2', instances)
      .filter(({ port }) => port === 13292)
      .map(({ id }) => id)
    expect(tried).toEqual(['14@android-1>klserver:13292/direct', '14@klserver>gateway:13292'])
  })
})
