/** `GET /enrol`: who gets a profile, and what is in it. */
import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { EnrolmentCodes } from '../../services/ios-mdm/enrolment/codes.ts'
import { leftOut } from '../requires.ts'
import { administer, ask, basic, enrol, NAME, readProfile, startMdm, TOPIC } from './kit.ts'

let lab: Lab
beforeAll(async () => {
  lab = await startMdm()
})
afterAll(() => lab.stop())

const newCode = async (): Promise<string> => (await administer(lab, 'POST', '/api/enrolments')).json().code

describe('a profile', () => {
  it('is not given to somebody without a code or the password; a browser is asked for either', async () => {
    const { status, headers, text } = await ask(lab, '/enrol')
    expect({ status, type: headers['content-type'] }).toEqual({ status: 401, type: 'text/html' })
    expect(headers['www-authenticate']).toContain('Basic realm=')
    expect(text).toContain('<input name="code"')
  })

  it.each([
    ['a wrong password', `Basic ${Buffer.from('Administrator:wrong').toString('base64')}`],
    ['another user', `Basic ${Buffer.from('root:root').toString('base64')}`],
    ['another scheme', 'Bearer abc'],
    ['no base64', 'Basic ???'],
    ['nothing', ''],
  ])('is not given for %s', async (_what, authorization) => {
    expect((await ask(lab, '/enrol', { headers: { authorization } })).status).toBe(401)
  })

  it('is given once for a code', async () => {
    const code = await newCode()
    const first = await ask(lab, `/enrol?code=${code}`)
    expect(first.status).toBe(200)
    expect(first.headers).toMatchObject({
      'content-type': 'application/x-apple-aspen-config',
      'cache-control': 'no-store',
    })
    const again = await ask(lab, `/enrol?code=${code}`)
    expect({ status: again.status, text: again.text }).toEqual({
      status: 403,
      text: expect.stringContaining('was used already'),
    })
    expect((await ask(lab, '/enrol?code=anything')).status).toBe(403)
  })

  it('a code is given to the administrator alone, with its address', async () => {
    expect((await ask(lab, '/api/enrolments', { method: 'POST' })).status).toBe(401)
    const { status, json } = await administer(lab, 'POST', '/api/enrolments')
    expect(status).toBe(201)
    expect(json().url).toBe(`https://${NAME}/enrol?code=${json().code}`)
    const life = new Date(json().expiresAt).getTime() - Date.now()
    expect(life).toBeGreaterThan(3_500_000)
    expect(life).toBeLessThanOrEqual(3_600_000)
  })

  it('a code outlives a restart, used or not', async () => {
    const [used, kept] = [await newCode(), await newCode()]
    await ask(lab, `/enrol?code=${used}`)
    await lab.stopHost('ios-mdm')
    await lab.startHost('ios-mdm')
    expect((await ask(lab, `/enrol?code=${used}`)).status).toBe(403)
    expect((await ask(lab, `/enrol?code=${kept}`)).status).toBe(200)
  })

  it('holds the root, an identity of its own and the MDM payload, under the signature of the server', async () => {
    const { content, signer, payload, identity } = await enrol(lab)
    expect(content).toMatchObject({ PayloadType: 'Configuration', PayloadVersion: 1 })
    expect(signer.toString()).toBe(new X509Certificate(lab.certificate('ios-mdm', 'ios-mdm')).toString())
    expect(payload('com.apple.mdm')).toMatchObject({
      IdentityCertificateUUID: payload('com.apple.security.pkcs12').PayloadUUID,
      Topic: TOPIC,
      ServerURL: `https://${NAME}/mdm/connect`,
      CheckInURL: `https://${NAME}/mdm/checkin`,
      SignMessage: true,
      AccessRights: 8191,
      CheckOutWhenRemoved: true,
    })
    const root = new X509Certificate(payload('com.apple.security.root').PayloadContent as Uint8Array)
    expect(root.toString().trim()).toBe(lab.state.credentials.authority('lab-ca').trim())
    const own = new X509Certificate(identity.cert)
    const authority = new X509Certificate(lab.state.credentials.authority('mobile-ca'))
    expect(own.verify(authority.publicKey)).toBe(true)
    expect(own.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
    expect(own.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048)
    expect(Math.round((own.validToDate.getTime() - own.validFromDate.getTime()) / 86_400_000)).toBe(365)
  })

  it('no two have the same identity, password or payload id', async () => {
    const [one, other] = [await enrol(lab), await enrol(lab)]
    const differing = (profile: typeof one) => [
      profile.identity.key,
      new X509Certificate(profile.identity.cert).subject,
      profile.payload('com.apple.security.pkcs12').Password,
      profile.content.PayloadUUID,
    ]
    for (const [at, value] of differing(one).entries()) expect(differing(other)[at]).not.toBe(value)
  })

  it('names the host and port that were asked for, where the certificate holds the name', async () => {
    const urlFor = async (host: string) => {
      const { body } = await ask(lab, '/enrol', { headers: { ...basic(lab), host } })
      return (await readProfile(body)).payload('com.apple.mdm').ServerURL
    }
    expect(await urlFor('localhost:8443')).toBe('https://localhost:8443/mdm/connect')
    expect(await urlFor('127.0.0.1')).toBe('https://127.0.0.1/mdm/connect')
    expect(await urlFor(`${NAME}:443`)).toBe(`https://${NAME}/mdm/connect`)
    expect(await urlFor('evil.example')).toBe(`https://${NAME}/mdm/connect`)
  })

  it.skipIf(leftOut('profiles with openssl', 'openssl', ['version']) !== null)(
    'is accepted by openssl with the authority of the lab, and by no other',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'ksc-lab-profile-'))
      try {
        writeFileSync(join(folder, 'profile'), (await ask(lab, '/enrol', { headers: basic(lab) })).body)
        const accepted = (authority: string) => {
          writeFileSync(join(folder, 'ca.crt'), lab.state.credentials.authority(authority))
          const how = ['cms', '-verify', '-inform', 'DER', '-in', 'profile', '-CAfile', 'ca.crt', '-purpose', 'any']
          return spawnSync('openssl', how, { cwd: folder }).status === 0
        }
        expect([accepted('lab-ca'), accepted('internet-ca')]).toEqual([true, false])
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  )
})

describe('codes', () => {
  it('end after an hour, and there are no more than a thousand', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ksc-lab-codes-'))
    try {
      let now = 0
      const codes = new EnrolmentCodes(folder, () => now)
      const [early, late] = [codes.issue()?.code ?? '', codes.issue()?.code ?? '']
      now = 3_599_999
      expect(codes.redeem(early)).toBe(true)
      now = 3_600_000
      expect(codes.redeem(late)).toBe(false)
      for (let count = 0; count < 1_000; count++) expect(codes.issue()).not.toBeNull()
      expect(codes.issue()).toBeNull()
      writeFileSync(join(folder, 'enrolment-codes.json'), '{')
      expect(new EnrolmentCodes(folder).issue()).not.toBeNull()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
