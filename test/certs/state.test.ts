import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { contents, fingerprints, MADE, modeOf, open, SUBJECTS, temporary } from './kit.ts'

describe('a new state folder', () => {
  it('is its owner’s alone, and so is everything in it', async () => {
    using folder = temporary()
    const path = join(folder.path, 'deep', 'state')
    const state = await open(path)
    expect(state.dir).toBe(path)
    for (const dir of [path, join(path, 'certs'), state.folder('klserver')]) expect(modeOf(dir)).toBe('700')
    const files = Object.keys(contents(path))
    expect(files).toEqual(
      [
        ...['credentials.json', 'ksc-lab.json'],
        ...MADE.flatMap(use => [`certs/${use}.crt`, `certs/${use}.key`]),
      ].sort(),
    )
    for (const file of files) expect([file, modeOf(join(path, file))]).toEqual([file, '600'])
  })

  it('gives no notices', async () => {
    using folder = temporary()
    expect((await open(folder.path)).notices).toEqual([])
  })

  it('may be an empty folder that is there, which is closed to others', async () => {
    using folder = temporary()
    chmodSync(folder.path, 0o755)
    await open(folder.path)
    expect(modeOf(folder.path)).toBe('700')
  })

  it('has a password of its own', async () => {
    using one = temporary()
    using other = temporary()
    const { user, password } = (await open(one.path)).credentials.administrator
    expect(user).toBe('Administrator')
    expect(password.length).toBeGreaterThanOrEqual(16)
    expect((await open(other.path)).credentials.administrator.password).not.toBe(password)
  })
})

describe('the second open', () => {
  it('finds the same certificates and the same password, and writes nothing', async () => {
    using folder = temporary()
    const first = await open(folder.path)
    const written = contents(folder.path)
    const second = await open(folder.path)
    expect(fingerprints(second)).toEqual(fingerprints(first))
    expect(second.credentials.administrator).toEqual(first.credentials.administrator)
    expect(second.notices).toEqual([])
    expect(contents(folder.path)).toEqual(written)
  })

  it('keeps RSA certificates although EC is the default', async () => {
    using folder = temporary()
    const first = await open(folder.path, { algorithm: 'rsa' })
    expect(fingerprints(await open(folder.path))).toEqual(fingerprints(first))
  })

  it('keeps certificates that hold more names than are needed', async () => {
    using folder = temporary()
    const first = await open(folder.path)
    const fewer = { ...SUBJECTS, klserver: { dns: ['localhost'], ip: ['127.0.0.1'] } }
    const second = await open(folder.path, { subjects: fewer })
    expect(fingerprints(second)).toEqual(fingerprints(first))
    expect(second.notices).toEqual([])
  })

  it('closes what others could read, and says so', async () => {
    using folder = temporary()
    const before = fingerprints(await open(folder.path))
    const [key, credentials] = [join(folder.path, 'certs', 'common.key'), join(folder.path, 'credentials.json')]
    for (const file of [key, credentials]) chmodSync(file, 0o644)
    chmodSync(folder.path, 0o755)
    const again = await open(folder.path)
    for (const file of [key, credentials]) expect(modeOf(file)).toBe('600')
    expect(modeOf(folder.path)).toBe('700')
    const said = (file: string) => `${file} could be read by others; it is now readable by its owner alone`
    expect(again.notices).toEqual([said(key), said(credentials)])
    expect(fingerprints(again)).toEqual(before)
  })
})

describe('another certificate on a port', () => {
  it('is shown until it is taken back, and nothing of it is written', async () => {
    using folder = temporary()
    const state = await open(folder.path)
    const written = contents(folder.path)
    const [own, other] = [state.credentials.identity('web-console'), state.credentials.identity('kaspersky')]
    state.present('web-console', other)
    expect(state.credentials.identity('web-console')).toEqual(other)
    expect(state.credentials.identity('web-server')).not.toEqual(other)
    expect(contents(folder.path)).toEqual(written)
    state.present('web-console', null)
    expect(state.credentials.identity('web-console')).toEqual(own)
  })

  it('that the lab does not have is named, with those that it has', async () => {
    using folder = temporary()
    const { credentials } = await open(folder.path)
    expect(() => credentials.identity('commom')).toThrow(/no certificate commom; it has lab-ca, .*common, /)
  })
})

describe('a folder that is not ours', () => {
  it('is refused and untouched', async () => {
    using folder = temporary()
    writeFileSync(join(folder.path, 'thesis.txt'), 'mine')
    chmodSync(folder.path, 0o755)
    await expect(open(folder.path)).rejects.toMatchObject({
      name: 'StateError',
      message: `${folder.path} is not a state folder of ksc-lab and is not empty`,
      hint: 'give --state a new folder, or one that ksc-lab has made',
    })
    expect(contents(folder.path)).toEqual({ 'thesis.txt': 'mine' })
    expect(modeOf(folder.path)).toBe('755')
  })

  it('is refused too where it has a folder certs of its own', async () => {
    using folder = temporary()
    mkdirSync(join(folder.path, 'certs'))
    writeFileSync(join(folder.path, 'certs', 'common.crt'), 'mine')
    await expect(open(folder.path)).rejects.toMatchObject({ name: 'StateError' })
    expect(contents(folder.path)).toEqual({ 'certs/common.crt': 'mine' })
  })

  it.each(['a file', 'a path below a file'])('%s is refused', async kind => {
    using folder = temporary()
    const file = join(folder.path, 'file')
    writeFileSync(file, 'mine')
    await expect(open(kind === 'a file' ? file : join(file, 'state'))).rejects.toMatchObject({
      name: 'StateError',
      message: expect.stringMatching(/cannot be used \((EEXIST|ENOTDIR)\)$/),
    })
    expect(readdirSync(folder.path)).toEqual(['file'])
    expect(contents(folder.path)).toEqual({ file: 'mine' })
  })
})
