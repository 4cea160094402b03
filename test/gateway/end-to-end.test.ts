/** TLS runs from the device to the Server: the gateway carries ciphertext, and nobody is taken in on the way. */
import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { startMiddlebox } from '../../shared/faults/middlebox.ts'
import { fingerprintOf } from '../../shared/tls/seen.ts'
import { deviceOf, noted } from '../klserver/kit.ts'
import { stranger } from './identities.ts'
import { arrive, device, SERVER, startWire } from './kit.ts'

describe.each([
  { topology: 'gateway', flow: '4a-agents', roamer: 'roamer-1' },
  { topology: 'gateway-segment', flow: 'x-gw-segment-agents', roamer: 'branch-1' },
])('through the gateway of $topology', ({ topology, flow, roamer }) => {
  let lab: Lab
  let pin: string
  beforeAll(async () => {
    lab = await startLab(topology, { seed: 1 })
    pin = fingerprintOf(new X509Certificate(lab.certificate('klserver', 'common')))
  })
  afterAll(() => lab.stop())

  it("every device sees the Server's own certificate", async () => {
    const { results } = await lab.verify({ flows: [flow] })
    for (const { evidence, initiator } of results) {
      const seen = evidence.filter(({ at, what }) => at === 'initiator' && what === 'certificate-seen')
      expect(seen, initiator).toMatchObject([{ host: initiator, detail: { fingerprint: pin } }])
    }
    expect(fingerprintOf(new X509Certificate(lab.certificate('gateway', 'gateway')))).not.toBe(pin)
  })

  it('what passes says neither the nonce nor a word of the protocol', async () => {
    await using wire = await startWire(() => lab.endpoint('gateway', 13000))
    const { results } = await lab.verify({
      flows: [flow],
      route: { 'gateway:13000': { host: wire.at.address, port: wire.at.port } },
    })
    expect(results.map(({ verdict }) => verdict)).toEqual(['delivered', 'delivered', 'delivered'])
    expect(wire.connections()).toBe(3)
    const nonces = new Set(noted(lab, 'request-received').map(({ detail }) => detail.nonce))
    const bytes = wire.bytes()
    expect(bytes.length).toBeGreaterThan(3_000)
    // What is asked for is in the clear; that shows that the search would find something.
    expect(bytes.includes(SERVER)).toBe(true)
    expect(nonces.size).toBeGreaterThanOrEqual(3)
    for (const word of [...nonces, 'hello', 'welcome', 'nonce', 'agentId', roamer])
      expect(bytes.includes(word), word).toBe(false)
  })

  it('another certificate on the way is refused by the pin, and nothing is told', async () => {
    const identity = await stranger(SERVER)
    await using box = await startMiddlebox('tls-intercepted', lab.endpoint('gateway', 13000), {
      transport: 'tcp',
      identity,
    })
    const { results } = await lab.verify({
      flows: [flow],
      route: { 'gateway:13000': { host: box.at.address, port: box.at.port } },
      timeout: 700,
    })
    for (const { verdict, asExpected, evidence } of results) {
      expect({ verdict, asExpected }).toEqual({ verdict: 'tls-intercepted', asExpected: false })
      expect(evidence.map(({ what }) => what)).not.toContain('request-received')
    }
  })

  it('the Server sees the address of the device, and through which gateway it came', async () => {
    using roaming = await device(lab, { host: `${roamer}-by-hand` })
    expect((await deviceOf(lab, `${roamer}-by-hand`)).address).toBe('127.0.0.1')
    const { localPort } = roaming.raw
    const accepted = noted(lab, 'accepted').filter(({ detail }) => detail.remote.port === localPort)
    const hosts = accepted.map(({ host }) => host)
    // In a segment the gateway dials, and the Server sees the gateway.
    expect(hosts).toEqual(topology === 'gateway' ? ['gateway', 'klserver'] : ['gateway'])
  })

  it('a ClientHello without a name is carried too, and ends at the Server', async () => {
    using nameless = await arrive(lab, { servername: '' })
    expect(nameless.shows()).toBe(pin)
  })
})

it("a pin that is not the Server's is refused through the gateway, and names both", async () => {
  const { cert } = await stranger('klserver')
  const held = fingerprintOf(new X509Certificate(cert))
  await using lab = await startLab('gateway', { settings: { serverCertificate: cert }, seed: 1 })
  // The gateway's own agent holds the wrong one, too: it takes nobody for the Server.
  const { results } = await lab.verify({ flows: ['4a-agents'], timeout: 700 })
  expect(results.map(({ asExpected }) => asExpected)).toEqual([false, false, false])
  expect(results[0]?.advice).toContain('arrow 4a')
  const refused = noted(lab, 'message-refused').filter(({ host }) => host === 'gateway')
  expect(refused[0]?.detail).toMatchObject({ code: 'not-the-server', message: expect.stringContaining(held) })
})

it('a roamer alone that holds another pin refuses the Server behind a gateway in a segment', async () => {
  const { cert } = await stranger('klserver')
  await using lab = await startLab('gateway-segment', { settings: { serverCertificate: cert }, seed: 1 })
  const { results } = await lab.verify({ flows: ['x-gw-segment-agents'], timeout: 700 })
  const pin = fingerprintOf(new X509Certificate(lab.certificate('klserver', 'common')))
  for (const { verdict, explanation } of results) {
    expect(verdict).toBe('certificate-rejected')
    expect(explanation).toContain('Administration Server authentication error')
    expect(explanation).toContain(pin)
  }
})
