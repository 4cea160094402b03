/** Activation (17000, 17100) and what phones ask (15, 15a), passed on to Kaspersky or refused with the reason. */
import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { requestActivation } from '../../shared/activation/request-activation.ts'
import { dnsName, hostNamed } from '../../shared/config/topology.ts'
import type { FaultName } from '../../shared/faults/index.ts'
import { startMiddlebox } from '../../shared/faults/middlebox.ts'
import { askKaspersky } from '../../shared/kaspersky/exercise.ts'
import type { Exercise } from '../../shared/service.ts'
import { pinned } from '../../shared/tls/rules.ts'
import { dial, hello, newNonce, noted } from '../klserver/kit.ts'
import { guest } from '../lab/guest.ts'

const others = (...kept: string[]) => ({
  external: loadTopology('lan')
    .hosts.map(({ name }) => name)
    .filter(name => !kept.includes(name)),
})

let lab: Lab
beforeAll(async () => {
  lab = await startLab('lan', others('klserver', 'kaspersky', 'agent-1'))
})
afterAll(() => lab.stop())

async function exercise(of: Lab, run: Exercise, flow: string, host: string, port: number): Promise<string> {
  const nonce = newNonce()
  const servername = dnsName(hostNamed(of.topology, host) ?? { name: host, zone: 'lan' })
  const task = { flow, nonce, to: { host, port }, servername, timeout: 3_000, signal: new AbortController().signal }
  await run(guest(of, 'android-1').during({ nonce, timeout: 3_000 }), task)
  return nonce
}

/** As an Android phone will: it holds the mobile certificate. */
const activation = (of: Lab) =>
  requestActivation({
    version: '14.2',
    product: 'Kaspersky Endpoint Security for Android',
    trust: () => ({
      rule: pinned(() => [
        new X509Certificate(of.certificate('klserver', 'mobile')).fingerprint256.replaceAll(':', ''),
      ]),
    }),
  })

describe('a phone', () => {
  it('is activated on 17100, by Kaspersky, with evidence of both legs under one nonce', async () => {
    const nonce = await exercise(lab, activation(lab), '15a', 'klserver', 17100)
    const seen = lab.journal.entries().filter(entry => entry.nonce === nonce)
    const at = (host: string, what: string) => seen.filter(entry => entry.host === host && entry.what === what)
    expect(at('klserver', 'forwarded')).toMatchObject([{ port: 17100, detail: { to: 'kaspersky:443' } }])
    expect(at('kaspersky', 'request-received')).toHaveLength(1)
    expect(at('android-1', 'reply-received').length).toBeGreaterThan(0)
  })

  it('does not take 17000 for 17100: it holds another certificate', async () => {
    await expect(exercise(lab, activation(lab), '15a', 'klserver', 17000)).rejects.toMatchObject({
      code: 'CERTIFICATE',
    })
  })

  it('asks Kaspersky itself where it has internet (15)', async () => {
    const nonce = await exercise(lab, askKaspersky(lab.state.credentials), '15', 'kaspersky', 443)
    const seen = lab.journal.entries().filter(entry => entry.nonce === nonce && entry.host === 'kaspersky')
    expect(seen.filter(({ what }) => what === 'accepted' || what === 'request-received').length).toBeGreaterThan(4)
  })
})

describe('arrow 8', () => {
  it('resumes a download that was cut: a part of it, then the rest of it on a new connection', async () => {
    const { results } = await lab.verify({ flows: ['8'] })
    expect(results).toMatchObject([{ verdict: 'delivered' }])
    const transfers = results[0]?.evidence.filter(({ at, what }) => at === 'initiator' && what === 'transfer') ?? []
    const cut = transfers.findIndex(({ detail }) => (detail as { complete: boolean }).complete === false)
    const [half, rest] = [transfers[cut], transfers[cut + 1]].map(
      entry => entry?.detail as { bytes: number; of: number },
    )
    expect(half?.of).toBe(262_144)
    expect(half?.bytes).toBeLessThan(262_144)
    expect((half?.bytes ?? 0) + (rest?.bytes ?? 0)).toBeGreaterThanOrEqual(262_144 - 65_536)
    expect(results[0]?.evidence.filter(({ what }) => what === 'connected')).toHaveLength(2)
  })
})

describe('where Kaspersky is not reached', () => {
  it('the device is told that the proxy has its request, and why it goes no further', async () => {
    await lab.stopHost('kaspersky')
    try {
      for (const port of [17000, 17100]) {
        using stranger = await dial(lab, port)
        const { agentId: _, ...greeting } = hello({ role: 'activation-client' })
        await stranger.ask(greeting)
        const nonce = newNonce()
        expect(await stranger.ask({ type: 'activate', id: 3, nonce, product: 'KES' })).toEqual({
          ...{ type: 'error', code: 'kaspersky-unreachable', id: 3, nonce },
          message: expect.stringMatching(
            /^klserver has your request and could not pass it on to Kaspersky \(kaspersky:443\): .*ECONNREFUSED$/,
          ),
        })
        expect(noted(lab, 'forward-failed').at(-1)).toMatchObject({ port, detail: { code: 'ECONNREFUSED' } })
      }
    } finally {
      await lab.startHost('kaspersky')
    }
    expect((await lab.verify({ flows: ['5'] })).results[0]).toMatchObject({ verdict: 'delivered' })
  })

  it.each([
    ['refused', 'refused'],
    ['silent', 'silent'],
    ['reset', 'reset'],
    ['tls-refused', 'tls-refused'],
  ] as const)('the verdict of the activation is that of the second leg: %s', async (fault: FaultName, verdict) => {
    await using box = await startMiddlebox(fault, lab.endpoint('kaspersky', 443), { transport: 'tcp' })
    const lan = loadTopology('lan')
    // In this lab the box stands where Kaspersky should.
    const hosts = lan.hosts.map(host => (host.name === 'kaspersky' ? { ...host, ports: { 443: box.at.port } } : host))
    await using broken = await startLab({ ...lan, hosts }, others('klserver', 'agent-1'))
    const [result] = (await broken.verify({ flows: ['5'] })).results
    expect(result?.verdict).toBe(verdict)
    expect(result?.explanation).toContain('agent-1 reached klserver:17000/tcp, which passes it on to kaspersky:443')
  })

  it('and where it does not know its certificate, that is what the device hears', async () => {
    await lab.present('kaspersky', 'expired')
    try {
      const [result] = (await lab.verify({ flows: ['5'] })).results
      expect(result?.verdict).toBe('certificate-rejected')
      expect(result?.explanation).toContain('it has expired')
    } finally {
      await lab.present('kaspersky', null)
    }
  })
})
