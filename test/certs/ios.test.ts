/** What Apple asks of certificates: the server's (support.apple.com/103769), and the one that pushes are sent with. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { leftOut } from '../requires.ts'
import { certificate, DAY, open, refusal, temporary, text } from './kit.ts'

const missing = leftOut('certificates for iOS', 'openssl', ['version'])

describe.skipIf(missing !== null).each(['ec', 'rsa'] as const)('for iOS, with %s keys', algorithm => {
  it('the certificate of the iOS MDM Server keeps the rules of iOS 13 and later', async () => {
    using folder = temporary()
    const state = await open(folder.path, { algorithm })
    const { validFromDate, validToDate, publicKey, subjectAltName } = certificate(state, 'ios-mdm')
    const shown = text(join(folder.path, 'certs', 'ios-mdm.crt'))
    expect(subjectAltName).toContain('DNS:')
    expect(shown).toMatch(/Extended Key Usage:\s+TLS Web Server Authentication\n/)
    expect((validToDate.getTime() - validFromDate.getTime()) / DAY).toBeLessThanOrEqual(825)
    expect(shown).toMatch(/Signature Algorithm: (ecdsa-with-SHA256|sha256WithRSAEncryption)\n/)
    const { modulusLength = 0 } = publicKey.asymmetricKeyDetails ?? {}
    expect(publicKey.asymmetricKeyType === 'ec' || modulusLength >= 2048).toBe(true)
  })

  it('the push certificate has the topic as UID, both extensions of Apple, and is for clients', async () => {
    using folder = temporary()
    const state = await open(folder.path, { algorithm })
    const file = (use: string) => join(folder.path, 'certs', `${use}.crt`)
    const shown = text(file('apple-push'))
    expect(certificate(state, 'apple-push').subject).toBe(
      'UID=com.apple.mgmt.External.ksc-lab\nCN=APSP:ksc-lab\nO=ksc-lab',
    )
    for (const extension of ['1.2.840.113635.100.6.3.1', '1.2.840.113635.100.6.3.2'])
      expect(shown).toMatch(new RegExp(`${extension}: ?\\n\\s+\\.\\.\\n`))
    expect(shown).toMatch(/Extended Key Usage:\s+TLS Web Client Authentication\n/)
    expect(
      refusal(['-x509_strict', '-purpose', 'sslclient', '-CAfile', file('internet-ca'), file('apple-push')]),
    ).toBeNull()
  })
})
