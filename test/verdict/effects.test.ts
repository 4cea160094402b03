/** Every verdict word, made by a box that does the thing, and seen from outside: the report. */
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Result } from '../../lab/report.ts'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { through } from '../lab/kit.ts'

let lab: Lab
beforeAll(async () => {
  lab = await startLab('lan', { seed: 1 })
})
afterAll(() => lab.stop())

const verdicts = (results: Result[]) => [...new Set(results.map(({ verdict }) => verdict))]
const whatAt = (result: Result | undefined, end: string) =>
  result?.evidence.filter(({ at }) => at === end).map(({ what }) => what) ?? []

async function stranger() {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'Contoso TLS inspection' }], {
    keyType: 'ec',
    algorithm: 'sha256',
  })
  return { cert, key }
}

describe('delivered', () => {
  it('needs the nonce at the responder and the answer at the initiator', async () => {
    const results = await through(lab, 'delivered', '4', 'klserver:13000')
    expect(verdicts(results)).toEqual(['delivered'])
    for (const result of results) {
      expect(whatAt(result, 'responder')).toContain('request-received')
      expect(whatAt(result, 'initiator')).toContain('reply-received')
      expect(result.asExpected).toBe(true)
    }
  })

  it('is drawn for every arrow of the LAN schema, with evidence from both ends', async () => {
    const report = await lab.verify()
    expect(report.results.filter(({ asExpected }) => !asExpected)).toEqual([])
    for (const result of report.results.filter(({ verdict }) => verdict !== 'skipped')) {
      expect(whatAt(result, 'initiator'), result.id).not.toEqual([])
      expect(whatAt(result, 'responder'), result.id).toContain('request-received')
    }
    expect([...new Set(report.results.map(({ flow }) => flow))]).toEqual(lab.topology.arrows)
  })
})

describe('what a box on the way does to arrow 4', () => {
  it.each([
    ['refused', 'the port is closed there'],
    ['silent', 'klserver saw no connection'],
    ['closed', 'ended with FIN'],
    ['reset', 'was reset'],
    ['not-tls', 'plaintext came back'],
    ['tls-refused', 'handshake_failure'],
    ['request-lost', 'never the request'],
    ['reply-lost', 'received the request and answered'],
  ] as const)('%s', async (fault, words) => {
    const results = await through(lab, fault, '4', 'klserver:13000')
    expect(results).toHaveLength(2)
    expect(verdicts(results)).toEqual([fault])
    for (const result of results) {
      expect(result.explanation).toContain(words)
      expect(result.explanation).toContain('the box at 127.0.0.1:')
      expect(result.advice).not.toBe('')
      expect(result.asExpected).toBe(false)
    }
  })

  it('tls-intercepted names whose certificate was seen and which is the right one', async () => {
    const [result] = await through(lab, 'tls-intercepted', '4', 'klserver:13000', { identity: await stranger() })
    expect(result?.verdict).toBe('tls-intercepted')
    expect(result?.explanation).toContain('Contoso TLS inspection')
    expect(result?.explanation).toContain('Administration Server authentication error')
    expect(result?.explanation).toMatch(/klserver presented .* \(SHA-256 [0-9A-F]{64}\)/)
  })

  it('wrong-responder names where it came instead', async () => {
    const elsewhere = lab.endpoint('klserver', 13291)
    const results = await through(lab, 'wrong-responder', '4', 'klserver:13000', { elsewhere })
    expect(verdicts(results)).toEqual(['wrong-responder'])
    expect(results[0]?.explanation).toContain('klserver:13291')
  })

  it('wrong-responder is told apart by the certificate too, where the nonce is never sent', async () => {
    const elsewhere = lab.endpoint('klserver', 8061)
    const results = await through(lab, 'wrong-responder', '4', 'klserver:13000', { elsewhere })
    expect(verdicts(results)).toEqual(['wrong-responder'])
    expect(results[0]?.explanation).toContain('klserver:8061')
  })
})

describe('on other arrows', () => {
  it('plaintext-arrived: a proxy ends TLS with the right certificate and speaks plaintext onwards', async () => {
    const identity = lab.state.credentials.identity('web-console')
    const [result] = await through(lab, 'plaintext-arrived', '9a', 'web-console:8080', { identity })
    expect(result?.verdict).toBe('plaintext-arrived')
    expect(whatAt(result, 'responder')).toContain('first-bytes')
  })

  it('stalled: a package stops half-way', async () => {
    const results = await through(lab, 'stalled', '16', 'klserver:8060')
    expect(verdicts(results)).toEqual(['stalled'])
    expect(results[0]?.explanation).toMatch(/stopped after \d+ of 8388608 bytes/)
  })

  it('filtered: a wake-up that nobody sees', async () => {
    const results = await through(lab, 'request-lost', '2', 'agent-1:15000/udp')
    expect(verdicts(results)).toEqual(['filtered'])
    expect(results[0]?.explanation).toContain('agent-1 saw nothing')
  })

  it('filtered: a shutdown notice that nobody sees, though it was sent without error', async () => {
    const results = await through(lab, 'request-lost', '3', 'klserver:13000/udp')
    expect(verdicts(results)).toEqual(['filtered'])
  })

  it('refused: a closed UDP port is heard by ICMP', async () => {
    expect(verdicts(await through(lab, 'refused', '2-bcast', 'agent-1:15000/udp'))).toEqual(['refused'])
    expect(verdicts(await through(lab, 'refused', '3', 'klserver:13000/udp'))).toEqual(['refused'])
  })

  it('reply-lost: a neighbour answers and is not heard', async () => {
    const results = await through(lab, 'reply-lost', '2-bcast', 'agent-1:15000/udp')
    expect(verdicts(results)).toEqual(['reply-lost'])
  })

  it('unreachable: the kernel has no way there', async () => {
    // A TCP connection to a broadcast address is refused by Linux with ENETUNREACH before any packet.
    const { results } = await lab.verify({
      flows: ['6'],
      route: { 'klserver:13291': { host: '127.255.255.255', port: 1 } },
    })
    expect(verdicts(results)).toEqual(['unreachable'])
    expect(results[0]?.explanation).toContain('ENETUNREACH')
  })

  it('name-not-resolved: the name of the box has no address', async () => {
    const { results } = await lab.verify({
      flows: ['6'],
      timeout: 10_000,
      route: { 'klserver:13291': { host: 'no-such-name.invalid', port: 1 } },
    })
    expect(verdicts(results)).toEqual(['name-not-resolved'])
    expect(results[0]?.explanation).toContain('no-such-name.invalid')
  })

  it('skipped: the embedded store has no network', async () => {
    const { results, summary } = await lab.verify({ flows: ['1'] })
    expect(results).toMatchObject([
      { verdict: 'skipped', asExpected: true, explanation: 'not exercised: embedded store, no network' },
    ])
    expect(summary.skipped).toBe(1)
  })
})

describe('certificate-rejected', () => {
  it("is the Server's own certificate against another pin, with both pins named", async () => {
    const { cert } = await stranger()
    await using strict = await startLab('lan', { settings: { serverCertificate: cert } })
    const { results } = await strict.verify({ flows: ['4'], timeout: 700 })
    expect(verdicts(results)).toEqual(['certificate-rejected'])
    expect(results[0]?.explanation).toMatch(
      /Administration Server authentication error: the certificate seen has SHA-256 [0-9A-F]{64}, the one held has [0-9A-F]{64}/,
    )
    expect(results[0]?.advice).toContain('klmover')
  })

  it.each([
    ['expired', 'it has expired', '397 days'],
    ['not-yet-valid', 'it is not yet valid', 'clocks'],
    ['other-name', 'another-server.example', 'subject alternative names'],
    ['other-authority', 'an authority that is not trusted here', 'trust'],
    ['missing-intermediate', 'an intermediate certificate is missing', 'whole chain'],
    ['wrong-usage', 'not meant for a server', 'serverAuth'],
    ['self-signed', 'signed by nobody but itself', 'trust'],
  ] as const)('says what is wrong with a certificate: %s', async (wrong, because, advice) => {
    await lab.present('web-console', wrong)
    try {
      const { results } = await lab.verify({ flows: ['9a'] })
      expect(verdicts(results)).toEqual(['certificate-rejected'])
      expect(results[0]?.explanation).toContain(because)
      expect(results[0]?.advice).toContain(advice)
    } finally {
      await lab.present('web-console', null)
    }
    expect(verdicts((await lab.verify({ flows: ['9a'] })).results)).toEqual(['delivered'])
  })
})
