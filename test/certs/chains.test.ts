import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LabState } from '../../certs/state.ts'
import { leftOut } from '../requires.ts'
import { certificate, DAY, MADE, open, refusal, temporary, text } from './kit.ts'

const missing = leftOut('openssl verify', 'openssl', ['version'])

const ISSUERS = {
  ...{ 'lab-ca': 'lab-ca', 'internet-ca': 'internet-ca', 'mobile-ca': 'mobile-ca' },
  ...{ common: 'common', 'common-reserve': 'common-reserve', mobile: 'mobile', 'mobile-reserve': 'mobile-reserve' },
  ...{
    'web-server': 'lab-ca',
    'web-console': 'lab-ca',
    'ios-mdm': 'lab-ca',
    kaspersky: 'internet-ca',
    siem: 'lab-ca',
    'apple-push': 'internet-ca',
    gateway: 'common',
  },
} as const
const SERVER = ['common', 'common-reserve', 'mobile', 'mobile-reserve'] as const
const LEAVES = ['gateway', 'web-server', 'web-console', 'ios-mdm', 'kaspersky', 'siem'] as const

describe.each(['ec', 'rsa'] as const)('certificates with %s keys', algorithm => {
  const folder = temporary()
  let state: LabState
  const path = (use: string) => join(folder.path, 'certs', `${use}.crt`)

  beforeAll(async () => {
    state = await open(folder.path, { algorithm })
  })
  afterAll(() => folder[Symbol.dispose]())

  describe.skipIf(missing !== null)('for openssl', () => {
    it.each(Object.entries(ISSUERS))('verify -x509_strict accepts %s by %s', (use, issuer) => {
      expect(refusal(['-x509_strict', '-CAfile', path(issuer), path(use)])).toBeNull()
    })

    it.each([...SERVER, ...LEAVES])('%s serves under its names and addresses', use => {
      const trust = ['-x509_strict', '-purpose', 'sslserver', '-CAfile', path(ISSUERS[use])]
      expect(refusal([...trust, '-verify_hostname', 'localhost', path(use)])).toBeNull()
      expect(refusal([...trust, '-verify_ip', '127.10.0.10', path(use)])).toBeNull()
      expect(refusal([...trust, '-verify_hostname', 'elsewhere.example', path(use)])?.number).toBe(62)
    })

    it('an authority does not vouch for what the other one issued', () => {
      expect(refusal(['-CAfile', path('internet-ca'), path('web-server')])?.number).toBe(20)
      expect(refusal(['-CAfile', path('lab-ca'), path('kaspersky')])?.number).toBe(20)
    })

    it.each(SERVER)('%s is an authority of path length 1 for servers and clients', use => {
      const shown = text(path(use))
      expect(shown).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:1\n/)
      expect(shown).toMatch(/Key Usage: critical\s+.*Digital Signature.*Certificate Sign, CRL Sign\n/)
      expect(shown).toMatch(/Extended Key Usage:\s+TLS Web Server Authentication, TLS Web Client Authentication\n/)
    })

    it.each(LEAVES)('%s is no authority and for servers only', use => {
      const shown = text(path(use))
      expect(shown).toMatch(/Basic Constraints: critical\s+CA:FALSE\n/)
      expect(shown).not.toContain('Certificate Sign')
      expect(shown).toMatch(/Extended Key Usage:\s+TLS Web Server Authentication\n/)
    })

    it.each(MADE)('%s names its own key and that of its issuer, and is signed with SHA-256', use => {
      const identifier = (file: string, whose: string) =>
        new RegExp(`X509v3 ${whose} Key Identifier:\\s+(?:keyid:)?([0-9A-F:]{59})`).exec(text(file))?.[1]
      expect(identifier(path(use), 'Subject')).toBeTruthy()
      expect(identifier(path(use), 'Authority')).toBe(identifier(path(ISSUERS[use]), 'Subject'))
      const algorithms = [...text(path(use)).matchAll(/Signature Algorithm: (.+)/g)].map(([, name]) => name)
      const expected = algorithm === 'ec' ? 'ecdsa-with-SHA256' : 'sha256WithRSAEncryption'
      expect(algorithms).toEqual([expected, expected])
    })

    it('a Server certificate can issue for a gateway, and openssl accepts the chain', async () => {
      const { makeLeaf } = await import('../../certs/make/leaf.ts')
      const subject = { dns: ['gateway.example'], ip: [] }
      const common = state.credentials.identity('common')
      const { cert } = await makeLeaf('gateway', subject, common, algorithm, new Date())
      const file = join(folder.path, 'gateway.crt')
      writeFileSync(file, cert)
      expect(refusal(['-x509_strict', '-purpose', 'sslserver', '-CAfile', path('common'), file])).toBeNull()
    })
  })

  it.each([...SERVER, ...LEAVES])('%s lives 397 days and has begun', use => {
    const { validFromDate, validToDate } = certificate(state, use)
    expect((validToDate.getTime() - validFromDate.getTime()) / DAY).toBe(397)
    expect(validFromDate.getTime()).toBeLessThan(Date.now() - 30_000)
  })

  it.each(MADE)('%s has keys of the kind ordered', use => {
    const { asymmetricKeyType, asymmetricKeyDetails } = certificate(state, use).publicKey
    if (algorithm === 'ec') expect([asymmetricKeyType, asymmetricKeyDetails?.namedCurve]).toEqual(['ec', 'prime256v1'])
    else expect([asymmetricKeyType, asymmetricKeyDetails?.modulusLength]).toEqual(['rsa', 2048])
  })

  it.each(LEAVES)('the file of %s holds the leaf, then its issuer', use => {
    const issuer = readFileSync(path(ISSUERS[use]), 'utf8')
    const both = readFileSync(path(use), 'utf8')
    expect(both.match(/-BEGIN CERTIFICATE-/g)).toHaveLength(2)
    expect(both.endsWith(issuer)).toBe(true)
  })

  it('no two certificates share a serial number or a key', () => {
    const all = MADE.map(use => certificate(state, use))
    expect(new Set(all.map(({ serialNumber }) => serialNumber)).size).toBe(MADE.length)
    const keys = all.map(({ publicKey }) => publicKey.export({ type: 'spki', format: 'pem' }))
    expect(new Set(keys).size).toBe(MADE.length)
  })

  it('authorities say that nobody should trust them', () => {
    for (const use of ['lab-ca', 'internet-ca', 'mobile-ca'])
      expect(certificate(state, use).subject).toContain('DO NOT TRUST')
  })
})
