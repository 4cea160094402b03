/** The rules by which initiators believe a certificate: each takes the right one and says why it refuses another. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { WrongKind } from '../../certs/wrong/index.ts'
import { wrongCertificates } from '../../certs/wrong/index.ts'
import type { PresentedCertificate } from '../../shared/net/host.ts'
import { issuedByAuthority, pinned, trustOnFirstUse } from '../../shared/tls/rules.ts'
import { describePem } from '../../shared/tls/seen.ts'
import { noted } from '../klserver/kit.ts'
import { type Bench, openBench } from './kit.ts'

const WRONG = Object.keys(wrongCertificates) as WrongKind[]

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
beforeEach(() => bench.show('web-server'))
afterAll(() => bench[Symbol.asyncDispose]())

const pin = (use: string) => describePem(bench.state.credentials.identity(use).cert).fingerprint

describe('pinned', () => {
  const rule = () => pinned(() => [pin('common'), pin('common-reserve')])

  it('takes the current and the reserve certificate, whoever issued them and for whatever name', async () => {
    for (const use of ['common', 'common-reserve'] as const) {
      await bench.show(use)
      expect(await bench.judge(rule(), { servername: 'another-server.example' }), use).toBeNull()
    }
  })

  it.each(['web-server', 'mobile', 'kaspersky'] as const)(
    'refuses %s, with both pins, though its chain may hold',
    async use => {
      await bench.show(use)
      expect(await bench.judge(rule())).toBe(
        `Administration Server authentication error: the certificate seen has SHA-256 ${pin(use)}, the one held has ${pin('common')} or ${pin('common-reserve')}`,
      )
    },
  )

  it.each(WRONG)('refuses %s in the same words', async wrong => {
    await bench.show('common', wrong)
    expect(await bench.judge(rule())).toMatch(
      /^Administration Server authentication error: the certificate seen has SHA-256 [0-9A-F]{64}, the one held has /,
    )
    expect(noted(bench.ground, 'certificate-refused').at(-1)).toMatchObject({ detail: { code: 'pin' } })
  })

  it('hears of a certificate that is learnt meanwhile', async () => {
    const held = [pin('common')]
    const learning = pinned(() => held)
    await bench.show('mobile')
    expect(await bench.judge(learning)).toContain('authentication error')
    held.push(pin('mobile'))
    expect(await bench.judge(learning)).toBeNull()
  })
})

describe('trust on first use', () => {
  it('learns whatever comes first, and takes nothing else from then on', async () => {
    const held: string[] = []
    const rule = trustOnFirstUse(
      () => held,
      seen => held.push(seen.fingerprint),
    )
    await bench.show('common', 'expired')
    expect(await bench.judge(rule)).toBeNull()
    expect(held).toEqual([(await bench.seen()).fingerprint])
    expect(await bench.judge(rule)).toBeNull()
    await bench.show('common')
    expect(await bench.judge(rule)).toBe(
      `Administration Server authentication error: the certificate seen has SHA-256 ${pin('common')}, the one held has ${held[0]}`,
    )
    expect(held, 'a refused certificate is not learnt').toHaveLength(1)
  })
})

describe('issued by an authority', () => {
  it('takes a certificate by the trusted authority, for each name of its holder', async () => {
    for (const servername of ['klserver.lan.ksc-lab.test', 'klserver', 'localhost'])
      expect(await bench.judge(issuedByAuthority, { servername }), servername).toBeNull()
  })

  it.each([
    ['expired', 'expired', 'it has expired'],
    ['not-yet-valid', 'not-yet-valid', 'it is not yet valid'],
    ['other-authority', 'issuer', 'its chain ends at an authority that is not trusted here'],
    ['missing-intermediate', 'chain', 'an intermediate certificate is missing, or its issuer is not trusted here'],
    ['wrong-usage', 'usage', 'it is not meant for a server'],
    ['self-signed', 'self-signed', 'it is signed by nobody but itself'],
  ] as const)('refuses %s as %s, with subject, issuer and end', async (wrong, code, because) => {
    await bench.show('web-server', wrong)
    const { subject, issuer, validTo } = await bench.seen()
    expect(await bench.judge(issuedByAuthority)).toBe(
      `the certificate is refused: ${because} (subject ${subject}, issuer ${issuer}, valid to ${validTo})`,
    )
    expect(noted(bench.ground, 'certificate-refused').at(-1)).toMatchObject({ detail: { code } })
  })

  it.each([
    ['another name on the certificate', 'other-name', undefined],
    ['another name that is asked for', undefined, 'another-server.example'],
    ['a name below its own', undefined, 'www.klserver.lan.ksc-lab.test'],
    ['the name of the zone', undefined, 'lan.ksc-lab.test'],
  ] as const)('refuses %s as name', async (_what, wrong, servername) => {
    await bench.show('web-server', wrong)
    const words = await bench.judge(issuedByAuthority, servername === undefined ? {} : { servername })
    expect(words).toMatch(/^the certificate is refused: Hostname\/IP does not match certificate's altnames: /)
    expect(noted(bench.ground, 'certificate-refused').at(-1)).toMatchObject({ detail: { code: 'name' } })
  })

  it('says of the chain before it says of the name', async () => {
    await bench.show('web-server', 'expired')
    expect(await bench.judge(issuedByAuthority, { servername: 'another.example' })).toContain('it has expired')
  })

  it('trusts no other authority of the lab', async () => {
    const ca = bench.state.credentials.authority('internet-ca')
    expect(await bench.judge(issuedByAuthority, { ca })).toMatch(/^the certificate is refused: .*not trusted here/)
    await bench.show('kaspersky')
    expect(await bench.judge(issuedByAuthority, { servername: 'kaspersky' })).toMatch(/not trusted here/)
    expect(await bench.judge(issuedByAuthority, { ca, servername: 'kaspersky' })).toBeNull()
  })

  it.each(['common', 'mobile'] as const)('does not take the self-signed certificate of the Server: %s', async use => {
    await bench.show(use)
    expect(await bench.judge(issuedByAuthority)).toContain('it is signed by nobody but itself')
  })

  it.each([
    ['CERT_SIGNATURE_FAILURE', 'issuer', 'its signature does not hold'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'chain', 'an intermediate certificate is missing'],
    ['CRL_HAS_EXPIRED', 'issuer', 'it does not lead to a trusted authority (CRL_HAS_EXPIRED)'],
  ])('has words for %s too', async (chainError, code, words) => {
    const seen: PresentedCertificate = { ...(await bench.seen()), chainError }
    expect(issuedByAuthority(seen)).toEqual({ code, reason: expect.stringContaining(words) })
  })
})

describe('what is seen of a certificate', () => {
  it('is its fingerprint, its two ends and its time, and that chain and name hold', async () => {
    const { raw, ...seen } = await bench.seen()
    expect(seen).toEqual({
      ...describePem(bench.state.credentials.identity('web-server').cert),
      chainError: null,
      nameError: null,
    })
    expect(raw.length).toBeGreaterThan(200)
    expect(seen.fingerprint).toMatch(/^[0-9A-F]{64}$/)
    expect(seen.validTo).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    expect(seen.issuer).toContain('ksc-lab authority')
    expect(seen.subject).not.toContain('\n')
  })
})
