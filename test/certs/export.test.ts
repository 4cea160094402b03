import { spawnSync } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { exportCertificates } from '../../certs/export.ts'
import { leftOut } from '../requires.ts'
import { certificate, contents, modeOf, names, open, refusal, SUBJECTS, temporary } from './kit.ts'

const IDENTITIES = {
  ...{ 'klserver/common': 'common', 'klserver/common-reserve': 'common-reserve', 'klserver/mobile': 'mobile' },
  ...{ 'klserver/web-server': 'web-server', 'web-console/web-console': 'web-console', 'ios-mdm/ios-mdm': 'ios-mdm' },
  'ios-mdm/apple-push': 'apple-push',
}
const CONTRACT = [
  ...['README.txt', 'lab-ca.crt', 'internet-ca.crt', 'mobile-ca.crt'],
  ...Object.keys(IDENTITIES).flatMap(path => [`${path}.crt`, `${path}.key`]),
]

async function exported() {
  const folder = temporary()
  const target = join(folder.path, 'out', 'certs')
  const state = await open(join(folder.path, 'state'))
  const names = await exportCertificates(state, target)
  return { folder, target, state, names, [Symbol.dispose]: folder[Symbol.dispose] }
}

describe('the export', () => {
  it('writes the files of the contract and no others, and gives their names', async () => {
    using made = await exported()
    expect(made.names).toEqual(CONTRACT)
    expect(Object.keys(contents(made.target))).toEqual(CONTRACT.toSorted())
  })

  it('writes what the lab itself shows', async () => {
    using made = await exported()
    const files = contents(made.target)
    for (const [path, use] of Object.entries(IDENTITIES))
      expect({ cert: files[`${path}.crt`], key: files[`${path}.key`] }).toEqual(made.state.credentials.identity(use))
    for (const name of ['lab-ca', 'internet-ca', 'mobile-ca'])
      expect(files[`${name}.crt`]).toBe(made.state.credentials.authority(name))
  })

  it('writes a client certificate for every mobile device, by the mobile authority, for this device', async () => {
    using folder = temporary()
    const devices = ['android-1', 'android-2']
    const state = await open(join(folder.path, 'state'), { subjects: { ...SUBJECTS, devices } })
    const target = join(folder.path, 'out')
    const names = await exportCertificates(state, target)
    expect(names.filter(name => name.startsWith('devices/'))).toEqual(
      devices.flatMap(device => [`devices/${device}/client.crt`, `devices/${device}/client.key`]),
    )
    const authority = new X509Certificate(state.credentials.authority('mobile-ca'))
    const serials = devices.map(device => {
      const [file, key] = ['crt', 'key'].map(kind => join(target, `devices/${device}/client.${kind}`))
      const own = new X509Certificate(readFileSync(String(file)))
      expect(own.verify(authority.publicKey)).toBe(true)
      expect(own.checkPrivateKey(createPrivateKey(readFileSync(String(key))))).toBe(true)
      expect((own.validToDate.getTime() - own.validFromDate.getTime()) / 86_400_000).toBe(365)
      const { CN, serialNumber } = own.toLegacyObject().subject as Record<string, string>
      expect(CN).toBe(`user of ${device}`)
      return serialNumber
    })
    expect(new Set(serials).size, 'a device each').toBe(2)
    expect(serials[0]).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })

  it('writes the keys that sign tokens where the lab has the push services, in their usual forms', async () => {
    using folder = temporary()
    const state = await open(join(folder.path, 'state'), {
      subjects: { ...SUBJECTS, apple: names('apple'), google: names('google') },
    })
    const target = join(folder.path, 'out')
    await exportCertificates(state, target)
    const [p8, account] = [join(target, 'apple/AuthKey_KSCLABKEY1.p8'), join(target, 'google/service-account.json')]
    expect([modeOf(p8), modeOf(account)]).toEqual(['600', '600'])
    expect(createPrivateKey(readFileSync(p8)).asymmetricKeyType).toBe('ec')
    const { private_key, ...said } = JSON.parse(readFileSync(account, 'utf8'))
    expect(createPrivateKey(private_key).asymmetricKeyType).toBe('rsa')
    expect(said).toMatchObject({
      type: 'service_account',
      project_id: 'ksc-lab-push',
      private_key_id: expect.stringMatching(/^[0-9a-f]{40}$/),
    })
    for (const use of ['apple', 'google']) expect(certificate(state, use).issuer).toContain('internet authority')
  })

  it('gives away no key of an authority', async () => {
    using made = await exported()
    const all = Object.values(contents(made.target)).join()
    for (const name of ['lab-ca', 'internet-ca', 'mobile-ca'])
      expect(all).not.toContain(made.state.credentials.identity(name).key.trim())
  })

  it.each(Object.keys(IDENTITIES))('%s: key and certificate fit together', async path => {
    using made = await exported()
    const read = (extension: string) => readFileSync(join(made.target, `${path}.${extension}`))
    expect(new X509Certificate(read('crt')).checkPrivateKey(createPrivateKey(read('key')))).toBe(true)
  })

  it('keeps keys to their owner; certificates may be read', async () => {
    using made = await exported()
    for (const name of made.names)
      expect([name, modeOf(join(made.target, name))]).toEqual([name, name.endsWith('.key') ? '600' : '644'])
    for (const dir of ['', 'klserver', 'web-console', 'ios-mdm'])
      expect([dir, modeOf(join(made.target, dir))]).toEqual([dir, '700'])
  })

  it('serves a proxy: a client that trusts lab-ca.crt accepts the Web Console’s files', async () => {
    using made = await exported()
    const read = (name: string) => readFileSync(join(made.target, name))
    const pair = { cert: read('web-console/web-console.crt'), key: read('web-console/web-console.key') }
    const server = createServer(pair, socket => socket.end('hello'))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = server.address() as { port: number }
      const options = { host: '127.0.0.1', port, servername: 'web-console', ca: read('lab-ca.crt') }
      const heard = await new Promise<string>((resolve, reject) => {
        const socket = connect(options).once('error', reject)
        socket.once('data', data => resolve(String(data)))
      })
      expect(heard).toBe('hello')
    } finally {
      server.close()
    }
  })

  it.skipIf(leftOut('openssl verify', 'openssl', ['version']) !== null)('openssl accepts the files', async () => {
    using made = await exported()
    const at = (name: string) => join(made.target, name)
    for (const leaf of ['klserver/web-server', 'web-console/web-console', 'ios-mdm/ios-mdm'])
      expect(refusal(['-x509_strict', '-CAfile', at('lab-ca.crt'), at(`${leaf}.crt`)])).toBeNull()
    for (const own of ['klserver/common', 'klserver/common-reserve', 'klserver/mobile'])
      expect(refusal(['-x509_strict', '-CAfile', at(`${own}.crt`), at(`${own}.crt`)])).toBeNull()
    const { stdout } = spawnSync('openssl', ['pkey', '-noout', '-check', '-in', at('klserver/common.key')])
    expect(String(stdout)).toContain('Key is valid')
  })
})

describe('a target that is there', () => {
  it('and was written by an export is written again, and its keys are closed to others', async () => {
    using made = await exported()
    const before = contents(made.target)
    const key = join(made.target, 'klserver', 'common.key')
    writeFileSync(key, 'an old one')
    chmodSync(key, 0o644)
    expect(await exportCertificates(made.state, made.target)).toEqual(CONTRACT)
    expect(contents(made.target)).toEqual(before)
    expect(modeOf(key)).toBe('600')
  })

  it('and is empty is used', async () => {
    using made = await exported()
    using empty = temporary()
    expect(await exportCertificates(made.state, empty.path)).toEqual(CONTRACT)
  })

  it('and holds something else is refused and untouched', async () => {
    using made = await exported()
    using other = temporary()
    writeFileSync(join(other.path, 'thesis.txt'), 'mine')
    await expect(exportCertificates(made.state, other.path)).rejects.toMatchObject({
      name: 'StateError',
      message: `${other.path} is not empty and was not written by \`certs export\``,
      hint: 'give a new or empty folder',
    })
    expect(contents(other.path)).toEqual({ 'thesis.txt': 'mine' })
  })

  it.each(['a file', 'below a file'])('and is %s is refused', async kind => {
    using made = await exported()
    const file = join(made.folder.path, 'file')
    writeFileSync(file, 'mine')
    const target = kind === 'a file' ? file : join(file, 'certs')
    await expect(exportCertificates(made.state, target)).rejects.toMatchObject({
      name: 'StateError',
      message: `${target} cannot be written (ENOTDIR)`,
    })
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })
})
