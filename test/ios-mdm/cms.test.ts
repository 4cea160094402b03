/** Signatures and PKCS #12 files beside OpenSSL's. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeAuthority } from '../../certs/make/authority.ts'
import { makeCertificate } from '../../certs/make/certificate.ts'
import { sign, verify } from '../../shared/mdm/cms.ts'
import { readPkcs12, writePkcs12 } from '../../shared/mdm/pkcs12.ts'
import type { ServerIdentity } from '../../shared/net/host.ts'
import { leftOut } from '../requires.ts'

const missing = leftOut('CMS and PKCS #12 with openssl', 'openssl', ['version'])

describe.skipIf(missing !== null).each(['ec', 'rsa'] as const)('with %s keys', algorithm => {
  const folder = mkdtempSync(join(tmpdir(), 'ksc-lab-cms-'))
  const file = (name: string) => join(folder, name)
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const content = Buffer.from('<plist>ä\r\n\0</plist>')
  let own: ServerIdentity

  beforeAll(async () => {
    const now = new Date()
    const authority = await makeAuthority('cms', 'ec', now)
    own = await makeCertificate({ commonName: 'device', issuer: authority, algorithm, purposes: ['client'], now })
    writeFileSync(file('ca.crt'), authority.cert)
    writeFileSync(file('own.crt'), own.cert)
    writeFileSync(file('own.key'), own.key)
    writeFileSync(file('content'), content)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('openssl accepts what is signed here, attached and detached', async () => {
    writeFileSync(file('attached'), await sign(content, own, 'attached'))
    writeFileSync(file('detached'), await sign(content, own, 'detached'))
    const check = ['cms', '-verify', '-binary', '-inform', 'DER', '-CAfile', 'ca.crt', '-purpose', 'any']
    expect(openssl(...check, '-in', 'attached')).toEqual(content)
    expect(openssl(...check, '-in', 'detached', '-content', 'content')).toEqual(content)
    writeFileSync(file('other'), 'other content')
    expect(spawnSync('openssl', [...check, '-in', 'detached', '-content', 'other'], { cwd: folder }).status).not.toBe(0)
  })

  it.each([[[]], [['-noattr']], [['-nosmimecap']], [['-certfile', 'ca.crt']]])(
    'what openssl signs is accepted here, with %j',
    async more => {
      const how = [
        'cms',
        '-sign',
        '-binary',
        '-outform',
        'DER',
        '-md',
        'sha256',
        '-signer',
        'own.crt',
        '-inkey',
        'own.key',
      ]
      openssl(...how, '-in', 'content', '-out', 'signed', ...more)
      const signed = readFileSync(file('signed'))
      expect((await verify(signed, content)).signer.toString()).toBe(own.cert)
      await expect(verify(signed, Buffer.from('<plist>a\r\n\0</plist>'))).rejects.toThrow()
      openssl(...how, '-nodetach', '-in', 'content', '-out', 'signed', ...more)
      expect((await verify(readFileSync(file('signed')))).content).toEqual(content)
    },
  )

  it('is refused with a byte changed anywhere', async () => {
    const signed = await sign(content, own, 'detached')
    let refused = 0
    for (let at = 0; at < signed.length; at += 7) {
      const changed = Buffer.from(signed)
      changed[at] = (changed[at] as number) ^ 1
      // Some bytes are of no account (a certificate's unused parts): then it is the same signer, of the same bytes.
      await verify(changed, content).catch(() => refused++)
    }
    expect(refused).toBeGreaterThan(signed.length / 7 / 3)
    const [last] = signed.subarray(-1)
    await expect(
      verify(Buffer.concat([signed.subarray(0, -1), Buffer.from([(last ?? 0) ^ 1])]), content),
    ).rejects.toThrow()
  })

  it.each([
    ['no bytes', Buffer.alloc(0)],
    ['text', Buffer.from('hello')],
    ['a certificate', Buffer.from('3003020101', 'hex')],
    ['an unending length', Buffer.from('3084ffffffff', 'hex')],
    ['10,000 sequences in each other', Buffer.alloc(20_000, Buffer.from('3080', 'hex'))],
  ])('%s is refused', async (_what, bytes) => {
    await expect(verify(bytes, content)).rejects.toThrow()
    expect(() => readPkcs12(bytes, 'password')).toThrow()
  })

  it('a detached signature needs its content, and one that holds its own is none', async () => {
    await expect(verify(await sign(content, own, 'detached'))).rejects.toThrow('there is no content')
    await expect(verify(await sign(content, own, 'attached'), content)).rejects.toThrow(
      'a detached signature is expected',
    )
  })

  it('openssl unpacks the PKCS #12 file that a profile carries, and so do we', () => {
    writeFileSync(file('own.p12'), writePkcs12(own, 'a password, ä'))
    const out = openssl('pkcs12', '-in', 'own.p12', '-nodes', '-passin', 'pass:a password, ä').toString()
    const [key] = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/.exec(out) ?? []
    const [cert] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(out) ?? []
    expect([key?.trim(), cert?.trim()]).toEqual([own.key.trim(), own.cert.trim()])
    expect(readPkcs12(readFileSync(file('own.p12')), 'a password, ä').key.trim()).toBe(own.key.trim())
    expect(() => readPkcs12(readFileSync(file('own.p12')), 'another')).toThrow('the password is wrong')
    expect(openssl('pkcs12', '-info', '-noout', '-in', 'own.p12', '-passin', 'pass:a password, ä')).toBeDefined()
  })
})
