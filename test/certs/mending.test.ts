import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { certificate, changed, contents, fingerprints, names, open, SUBJECTS, temporary } from './kit.ts'

type Spoil = (certs: string) => void
const cut = (file: string, bytes: number) => truncateSync(file, statSync(file).size - bytes)

const SPOILT: [what: string, use: string, fault: string, spoil: Spoil][] = [
  ['garbage', 'web-server', 'cannot be read', certs => writeFileSync(join(certs, 'web-server.crt'), '\0garbage')],
  ['an empty file', 'common', 'cannot be read', certs => writeFileSync(join(certs, 'common.crt'), '')],
  ['a truncated certificate', 'common', 'cannot be read', certs => cut(join(certs, 'common.crt'), 200)],
  ['a truncated key', 'common', 'cannot be read', certs => cut(join(certs, 'common.key'), 60)],
  ['a missing certificate', 'kaspersky', 'cannot be read', certs => rmSync(join(certs, 'kaspersky.crt'))],
  ['a missing key', 'kaspersky', 'cannot be read', certs => rmSync(join(certs, 'kaspersky.key'))],
  [
    'a chain cut within its issuer',
    'web-console',
    'does not hold its issuer whole',
    certs => cut(join(certs, 'web-console.crt'), 300),
  ],
  [
    'the key of another certificate',
    'web-server',
    'does not belong to its key',
    certs => copyFileSync(join(certs, 'web-console.key'), join(certs, 'web-server.key')),
  ],
]

describe('a spoilt certificate', () => {
  it.each(SPOILT)('%s: %s is made anew, with a notice', async (_what, use, fault, spoil) => {
    using folder = temporary()
    const certs = join(folder.path, 'certs')
    const before = fingerprints(await open(folder.path))
    spoil(certs)
    const mended = await open(folder.path)
    // What it had issued goes with it.
    expect(changed(before, fingerprints(mended))).toEqual(use === 'common' ? ['common', 'gateway'] : [use])
    expect(mended.notices).toHaveLength(use === 'common' ? 2 : 1)
    expect(mended.notices[0]).toContain(` certificate in ${certs} ${fault}; a new one is made`)
    expect(() => createSecureContext(mended.credentials.identity(use))).not.toThrow()
    const again = await open(folder.path)
    expect(again.notices).toEqual([])
    expect(fingerprints(again)).toEqual(fingerprints(mended))
  })

  it('of the Administration Server says what that means for agents', async () => {
    using folder = temporary()
    await open(folder.path)
    writeFileSync(join(folder.path, 'certs', 'common.crt'), 'garbage')
    const { notices } = await open(folder.path)
    expect(notices[0]).toBe(
      `the Administration Server certificate in ${join(folder.path, 'certs')} cannot be read; a new one is made, and ` +
        'enrolled agents will refuse it (Administration Server authentication error) until `klmover -cert` gives it to them',
    )
  })

  it('of an authority takes with it all that it issued', async () => {
    using folder = temporary()
    const before = fingerprints(await open(folder.path))
    writeFileSync(join(folder.path, 'certs', 'lab-ca.key'), 'garbage')
    const mended = await open(folder.path)
    expect(changed(before, fingerprints(mended))).toEqual(['lab-ca', 'web-server', 'web-console', 'ios-mdm', 'siem'])
    expect(mended.notices[0]).toContain('cannot be read; a new one is made')
    expect(mended.notices.slice(1)).toHaveLength(4)
    for (const notice of mended.notices.slice(1))
      expect(notice).toContain('was issued by an authority that has been made anew; a new one is made')
    for (const use of ['web-server', 'web-console', 'ios-mdm', 'siem'])
      expect(certificate(mended, use).verify(certificate(mended, 'lab-ca').publicKey)).toBe(true)
  })

  it('whose place a folder has taken is a clear error, and nothing of it is lost', async () => {
    using folder = temporary()
    await open(folder.path)
    const key = join(folder.path, 'certs', 'common.key')
    rmSync(key)
    mkdirSync(key)
    writeFileSync(join(key, 'thesis.txt'), 'mine')
    await expect(open(folder.path)).rejects.toMatchObject({
      name: 'StateError',
      message: expect.stringContaining(`${key} cannot be written (`),
    })
    expect(contents(key)).toEqual({ 'thesis.txt': 'mine' })
    expect(Object.keys(contents(folder.path)).filter(name => name.endsWith('.new'))).toEqual([])
  })
})

describe('a certificate for other names', () => {
  it('is made anew, and the notice says which were missing', async () => {
    using folder = temporary()
    const before = fingerprints(await open(folder.path))
    const subjects = { ...SUBJECTS, 'web-console': { ...names('web-console', 'console.example'), ip: ['192.0.2.7'] } }
    const mended = await open(folder.path, { subjects })
    expect(changed(before, fingerprints(mended))).toEqual(['web-console'])
    expect(mended.notices).toEqual([
      `the Web Console Server certificate in ${join(folder.path, 'certs')} does not hold console.example, 192.0.2.7; ` +
        'a new one is made',
    ])
    expect(certificate(mended, 'web-console').checkHost('console.example')).toBeTruthy()
    expect(certificate(mended, 'web-console').checkIP('192.0.2.7')).toBeTruthy()
  })
})

describe('the folder certs', () => {
  it('is filled again when it is gone, and the password stays', async () => {
    using folder = temporary()
    const { credentials } = await open(folder.path)
    rmSync(join(folder.path, 'certs'), { recursive: true })
    const again = await open(folder.path)
    expect(again.notices).toEqual([])
    expect(again.credentials.administrator).toEqual(credentials.administrator)
  })

  it('that is a file is a clear error, and the file stays', async () => {
    using folder = temporary()
    await open(folder.path)
    const certs = join(folder.path, 'certs')
    rmSync(certs, { recursive: true })
    writeFileSync(certs, 'mine')
    await expect(open(folder.path)).rejects.toMatchObject({
      name: 'StateError',
      message: `${certs} is no folder (EEXIST)`,
      hint: 'move it away; the lab makes it anew',
    })
    expect(readFileSync(certs, 'utf8')).toBe('mine')
  })
})

describe('the password of the administrator', () => {
  it.each([
    ['garbage', '\0garbage'],
    ['half a file', '{"administrator": {"user": "Admin'],
    ['none', '{}'],
    ['null', 'null'],
    ['a number', '{"administrator": {"user": "Administrator", "password": 12345678}}'],
    ['too short', '{"administrator": {"user": "Administrator", "password": "short"}}'],
  ])('that is %s is drawn anew, with a notice', async (_what, written) => {
    using folder = temporary()
    const file = join(folder.path, 'credentials.json')
    const before = await open(folder.path)
    writeFileSync(file, written)
    const mended = await open(folder.path)
    expect(mended.notices).toEqual([`${file} cannot be read; the administrator has a new password`])
    expect(mended.credentials.administrator.password).not.toBe(before.credentials.administrator.password)
    expect(fingerprints(mended)).toEqual(fingerprints(before))
    const again = await open(folder.path)
    expect(again.notices).toEqual([])
    expect(again.credentials.administrator).toEqual(mended.credentials.administrator)
  })

  it('may be chosen by the user', async () => {
    using folder = temporary()
    await open(folder.path)
    const administrator = { user: 'ivanov', password: 'a chosen one' }
    writeFileSync(join(folder.path, 'credentials.json'), JSON.stringify({ administrator }))
    const { credentials, notices } = await open(folder.path)
    expect([credentials.administrator, notices]).toEqual([administrator, []])
  })

  it('whose place a folder has taken is a clear error', async () => {
    using folder = temporary()
    await open(folder.path)
    const file = join(folder.path, 'credentials.json')
    rmSync(file)
    mkdirSync(file)
    await expect(open(folder.path)).rejects.toMatchObject({ name: 'StateError' })
  })
})
