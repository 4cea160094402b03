import { createPrivateKey, X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type WrongKind, wrongCertificates } from '../../certs/wrong/index.ts'
import type { ServerIdentity } from '../../shared/net/host.ts'
import { leftOut } from '../requires.ts'
import { DAY, daysOn, open, refusal, SUBJECTS, temporary } from './kit.ts'

const missing = leftOut('openssl verify', 'openssl', ['version'])
const SUBJECT = SUBJECTS['web-console']

/** The error number of `openssl verify`, the code of Node's client, and what mends it: a clock, a name, more trust. */
const KINDS: Record<WrongKind, { openssl: number; node: string | string[]; mended: (file: string) => string[] }> = {
  expired: { openssl: 10, node: 'CERT_HAS_EXPIRED', mended: () => at(-2) },
  'not-yet-valid': { openssl: 9, node: 'CERT_NOT_YET_VALID', mended: () => at(2) },
  'other-name': {
    openssl: 62,
    node: 'ERR_TLS_CERT_ALTNAME_INVALID',
    mended: () => ['-verify_hostname', 'another-server.example'],
  },
  'other-authority': {
    openssl: 20,
    node: ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'SELF_SIGNED_CERT_IN_CHAIN'],
    // Its own file holds its authority.
    mended: file => ['-trusted', file],
  },
  'missing-intermediate': {
    openssl: 20,
    node: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    mended: file => ['-partial_chain', '-trusted', file],
  },
  'wrong-usage': { openssl: 26, node: 'INVALID_PURPOSE', mended: () => ['-purpose', 'sslclient'] },
  'self-signed': { openssl: 18, node: 'DEPTH_ZERO_SELF_SIGNED_CERT', mended: file => ['-trusted', file] },
}

const at = (days: number) => ['-attime', String(Math.round((Date.now() + days * DAY) / 1_000))]

async function refusedBy(identity: ServerIdentity, ca: string, servername: string): Promise<string | undefined> {
  const server = createServer(identity, socket => socket.on('error', () => {}).end())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as { port: number }
    return await new Promise(resolve => {
      const socket = connect({ host: '127.0.0.1', port, ca, servername }, () => resolve(undefined))
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    })
  } finally {
    server.close()
  }
}

describe.each(['ec', 'rsa'] as const)('by an authority with %s keys', algorithm => {
  const folder = temporary()
  const authority = join(folder.path, 'certs', 'lab-ca.crt')
  let issuer: ServerIdentity

  beforeAll(async () => {
    // Older than everything that it issues below.
    issuer = (await open(folder.path, { algorithm, now: daysOn(-60) })).credentials.identity('lab-ca')
  })
  afterAll(() => folder[Symbol.dispose]())

  it('what is not wrong is accepted', async () => {
    const identity = (await open(folder.path)).credentials.identity('web-console')
    expect(await refusedBy(identity, issuer.cert, 'web-console')).toBeUndefined()
  })

  describe.each(Object.entries(KINDS))('%s', (kind, { openssl, node, mended }) => {
    let identity: ServerIdentity
    const wrong = join(folder.path, `${kind}.crt`)

    beforeAll(async () => {
      identity = await wrongCertificates[kind as WrongKind](SUBJECT, issuer)
      writeFileSync(wrong, identity.cert)
    })

    it('is refused by a client for that reason', async () => {
      expect([node].flat()).toContain(await refusedBy(identity, issuer.cert, 'web-console'))
    })

    it.skipIf(missing !== null)('is refused by openssl for that reason, and for no other', () => {
      const asked = ['-purpose', 'sslserver', '-verify_hostname', 'web-console']
      expect(refusal([...asked, '-trusted', authority, wrong])?.number).toBe(openssl)
      // The last one given counts.
      expect(refusal([...asked, '-trusted', authority, ...mended(wrong), wrong])).toBeNull()
    })

    it('has a key that belongs to it', () => {
      const certificate = new X509Certificate(identity.cert)
      expect(certificate.checkPrivateKey(createPrivateKey(identity.key))).toBe(true)
      expect(certificate.ca).toBe(false)
    })

    it('holds the names of what it stands for, unless they are what is wrong', () => {
      const certificate = new X509Certificate(identity.cert)
      const held = [
        ...SUBJECT.dns.map(name => certificate.checkHost(name)),
        ...SUBJECT.ip.map(ip => certificate.checkIP(ip)),
      ]
      expect(held.every(found => found !== undefined)).toBe(kind !== 'other-name')
    })

    it('is another one each time', async () => {
      const again = await wrongCertificates[kind as WrongKind](SUBJECT, issuer)
      expect(again.key).not.toBe(identity.key)
    })
  })

  it('only the certificates of other authorities bear no signature of ours', async () => {
    const { publicKey } = new X509Certificate(issuer.cert)
    for (const [kind, make] of Object.entries(wrongCertificates)) {
      const ours = new X509Certificate((await make(SUBJECT, issuer)).cert).verify(publicKey)
      const others = ['other-authority', 'missing-intermediate', 'self-signed']
      expect([kind, ours]).toEqual([kind, !others.includes(kind)])
    }
  })
})
