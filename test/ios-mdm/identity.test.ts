/** Who a message is from: by TLS, by its signature, by what a trusted proxy passes on, and by nothing else. */
import { X509Certificate } from 'node:crypto'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeAuthority } from '../../certs/make/authority.ts'
import { makeCertificate } from '../../certs/make/certificate.ts'
import type { Lab } from '../../lab/start-lab.ts'
import { sign } from '../../shared/mdm/cms.ts'
import { printPlist } from '../../shared/mdm/plist.ts'
import type { ServerIdentity } from '../../shared/net/host.ts'
import { type By, managedPhone, NAME, newPhone, Phone, refusals, startMdm } from './kit.ts'

const der = ({ cert }: ServerIdentity) => new X509Certificate(cert).raw.toString('base64')
const rfc9440 = (identity: ServerIdentity) => ({ 'client-cert': `:${der(identity)}:` })
const escaped = ({ cert }: ServerIdentity) => ({
  'x-ssl-client-cert': encodeURIComponent(new X509Certificate(cert).toString()),
})

let lab: Lab
beforeAll(async () => {
  lab = await startMdm()
})
afterAll(() => lab.stop())

const foreign = async (purpose: 'client' | 'server' = 'client') => {
  const now = new Date()
  return makeCertificate({
    commonName: 'stranger',
    issuer: await makeAuthority('stranger', 'ec', now),
    algorithm: 'ec',
    purposes: [purpose],
    now,
  })
}
/** Issued by the devices' authority itself. */
const issued = (more: object) =>
  makeCertificate({
    commonName: 'device',
    issuer: lab.state.credentials.identity('mobile-ca'),
    algorithm: 'ec',
    purposes: ['client'],
    now: new Date(),
    ...more,
  })

describe('a device is known by', () => {
  it.each<By>(['tls', 'signature', 'both'])('%s', async by => {
    const phone = await newPhone(lab)
    phone.by = by
    expect((await phone.authenticate()).status).toBe(200)
    expect((await phone.tokenUpdate()).status).toBe(200)
    expect(await phone.idle()).toMatchObject({ status: 200, text: '' })
  })

  it('TLS at one time and the signature at another: it is the same certificate', async () => {
    const phone = await managedPhone(lab)
    expect((await phone.idle({ by: 'signature' })).status).toBe(200)
  })

  it('an EC certificate as well', async () => {
    const phone = new Phone(lab, await issued({}))
    expect((await phone.authenticate({ by: 'both' })).status).toBe(200)
  })
})

describe('a device is not known', () => {
  const refused = async (phone: Phone, sending: Parameters<Phone['idle']>[0], reason: RegExp) => {
    const { status, json } = await phone.idle(sending)
    expect({ status, error: json().error }).toEqual({ status: 400, error: expect.stringMatching(reason) })
    expect(refusals(lab).at(-1)?.message).toMatch(reason)
  }

  it('by nothing', async () => {
    await refused(await managedPhone(lab), { by: 'nothing' }, /no certificate of a device: none by TLS/)
  })

  it('by a certificate of somebody else’s authority', async () => {
    const phone = await managedPhone(lab)
    const { identity } = phone
    phone.identity = await foreign()
    await refused(phone, { by: 'tls' }, /by tls \(CN=stranger.*was not issued by CN=ksc-lab mobile authority/)
    await refused(phone, { by: 'signature' }, /by signature \(CN=stranger.*was not issued by/)
    phone.identity = identity
    expect((await phone.idle()).status).toBe(200)
  })

  it('by the authority’s own certificate, or one that has expired or not begun', async () => {
    const phone = await managedPhone(lab)
    phone.identity = await issued({ authority: { pathLength: 0 } })
    await refused(phone, {}, /is an authority, not a device/)
    phone.identity = await issued({ now: new Date(Date.now() - 900 * 86_400_000) })
    await refused(phone, {}, /expired on 20/)
    phone.identity = await issued({ now: new Date(Date.now() + 2 * 86_400_000) })
    await refused(phone, {}, /begins only on 20/)
  })

  it.each<[string, (signature: string) => string]>([
    ['cut', signature => signature.slice(0, -40)],
    ['no base64', () => '%%%'],
    ['too long', () => 'A'.repeat(14_000)],
    ['of something else', () => Buffer.from('hello').toString('base64')],
  ])('by a signature that is %s', async (_what, change) => {
    const phone = await managedPhone(lab)
    const body = printPlist({ UDID: phone.udid, Status: 'Idle' })
    const signature = (await sign(body, phone.identity, 'detached')).toString('base64')
    const { status, json } = await phone.put('/mdm/connect', body, {
      by: 'tls',
      headers: { 'mdm-signature': change(signature) },
    })
    expect({ status, error: json().error }).toEqual({
      status: 400,
      error: expect.stringContaining('Mdm-Signature does not hold for the'),
    })
  })

  it('by the signature of another message: a body that was changed on the way is refused, also with TLS', async () => {
    const phone = await managedPhone(lab)
    const uuid = await phone.queue('DeviceInformation')
    const body = printPlist({ UDID: phone.udid, Status: 'Acknowledged', CommandUUID: uuid })
    const signature = (await sign(body, phone.identity, 'detached')).toString('base64')
    const changed = Buffer.from(body.toString().replace('Acknowledged', 'Error'))
    const { status, json } = await phone.put('/mdm/connect', changed, { headers: { 'mdm-signature': signature } })
    expect({ status, error: json().error }).toEqual({
      status: 400,
      error: expect.stringContaining('was the body changed on the way?'),
    })
    expect(await phone.asks(phone.idle())).toBe(uuid)
  })

  it('by TLS and a signature that are not of one certificate', async () => {
    const [phone, other] = [await managedPhone(lab), await managedPhone(lab)]
    const body = printPlist({ UDID: phone.udid, Status: 'Idle' })
    const signature = (await sign(body, other.identity, 'detached')).toString('base64')
    const { status, json } = await phone.put('/mdm/connect', body, { headers: { 'mdm-signature': signature } })
    expect({ status, error: json().error }).toEqual({ status: 400, error: expect.stringContaining('they must be one') })
  })
})

describe('the certificate is tied to the device', () => {
  it('another device’s certificate is refused for it, by every way', async () => {
    const [phone, other] = [await managedPhone(lab), await managedPhone(lab)]
    const command = await phone.queue('DeviceInformation')
    phone.identity = other.identity
    for (const by of ['tls', 'signature', 'both'] as const) {
      const { status, json } = await phone.idle({ by })
      expect({ status, error: json().error }).toEqual({
        status: 400,
        error: expect.stringContaining('was enrolled with the certificate'),
      })
    }
    expect((await phone.tokenUpdate()).status).toBe(400)
    expect((await phone.checkIn('CheckOut')).status).toBe(400)
    expect((await phone.authenticate()).status).toBe(400)
    expect((await phone.command(command)).state).toBe('queued')
  })

  it('a fresh certificate is refused until it authenticates, and then the old one is, for good', async () => {
    const phone = await managedPhone(lab)
    const { identity: old } = phone
    phone.identity = (await newPhone(lab)).identity
    expect((await phone.idle()).status).toBe(400)
    expect((await phone.authenticate()).status).toBe(200)
    expect((await phone.tokenUpdate()).status).toBe(200)
    await lab.stopHost('ios-mdm')
    await lab.startHost('ios-mdm')
    expect((await phone.idle()).status).toBe(200)
    phone.identity = old
    expect((await phone.idle()).status).toBe(400)
    expect((await phone.authenticate()).json().error).toContain('was replaced by another one')
    const thief = new Phone(lab, old)
    expect((await thief.authenticate()).json().error).toContain('is tied to another device')
  })
})

describe('a certificate in a header', () => {
  let trusting: Lab
  beforeAll(async () => {
    trusting = await startMdm({ clientCertFrom: ['127.0.0.0/8'] })
  })
  afterAll(() => trusting.stop())

  it.each([
    ['RFC 9440', rfc9440],
    ['nginx’s escaped PEM', escaped],
  ])('is the device’s where it comes from a trusted address: %s', async (_what, header) => {
    const phone = await newPhone(trusting)
    phone.by = 'nothing'
    const headers = header(phone.identity)
    for (const { status } of [
      await phone.authenticate({ headers }),
      await phone.tokenUpdate({ headers }),
      await phone.idle({ headers }),
    ])
      expect(status).toBe(200)
    expect((await phone.idle()).status).toBe(400)
  })

  it('is not believed from elsewhere, whatever else the message shows; it is journalled', async () => {
    const phone = await managedPhone(lab)
    for (const [by, header] of [
      ['nothing', rfc9440],
      ['nothing', escaped],
      ['tls', rfc9440],
      ['both', escaped],
    ] as const) {
      const before = refusals(lab).length
      const { status, json } = await phone.idle({ by, headers: header(phone.identity) })
      expect({ status, error: json().error }).toEqual({
        status: 400,
        error: expect.stringMatching(/^the header .* from 127.0.0.1 is not believed/),
      })
      expect(refusals(lab).slice(before)).toEqual([{ code: 'client-certificate-header', message: json().error }])
    }
  })

  it('that is empty says that the client showed none', async () => {
    const phone = await managedPhone(trusting)
    for (const headers of [{ 'client-cert': '' }, { 'x-ssl-client-cert': '' }, { 'client-cert': '::' }] as Record<
      string,
      string
    >[])
      expect([headers, (await phone.idle({ by: 'signature', headers })).status]).toEqual([headers, 200])
  })

  it.each<[string, Record<string, string>]>([
    ['no certificate', { 'client-cert': ':aGVsbG8=:' }],
    ['no base64', { 'client-cert': ':???:' }],
    ['no end', { 'client-cert': ':aGVsbG8=' }],
    ['no PEM', { 'x-ssl-client-cert': 'hello' }],
    ['a broken escape', { 'x-ssl-client-cert': '%zz' }],
    [
      'an escape that is no certificate',
      { 'x-ssl-client-cert': '-----BEGIN%20CERTIFICATE-----%0AAAAA%0A-----END%20CERTIFICATE-----%0A' },
    ],
  ])('with %s is refused', async (_what, headers) => {
    const phone = await managedPhone(trusting)
    const { status, json } = await phone.idle({ by: 'signature', headers })
    expect({ status, error: json().error }).toEqual({ status: 400, error: expect.stringContaining('cannot be read') })
  })

  it('twice, or under both names, is refused', async () => {
    const phone = await managedPhone(trusting)
    const both = { ...rfc9440(phone.identity), ...escaped(phone.identity) }
    expect((await phone.idle({ by: 'nothing', headers: both })).json().error).toContain('one is expected')
    const twice = { 'client-cert': `:${der(phone.identity)}:, :${der(phone.identity)}:` }
    expect((await phone.idle({ by: 'nothing', headers: twice })).status).toBe(400)
  })

  it('of another authority is refused, and one of another device is not this device', async () => {
    const [phone, other] = [await managedPhone(trusting), await managedPhone(trusting)]
    const strange = await phone.idle({ by: 'nothing', headers: rfc9440(await foreign()) })
    expect(strange.json().error).toContain('was not issued by')
    const another = await phone.idle({ by: 'nothing', headers: rfc9440(other.identity) })
    expect(another.json().error).toContain('was enrolled with the certificate')
  })

  it('under a configured name takes the place of the usual ones', async () => {
    await using named = await startMdm({ clientCertFrom: ['127.0.0.1'], clientCertHeader: 'x-my-cert' })
    const phone = await managedPhone(named)
    const [value = ''] = Object.values(rfc9440(phone.identity))
    expect((await phone.idle({ by: 'nothing', headers: { 'x-my-cert': value } })).status).toBe(200)
    expect((await phone.idle({ by: 'nothing', headers: rfc9440(phone.identity) })).status).toBe(400)
  })

  it('from a proxy with a TLS certificate of its own is what counts', async () => {
    const phone = await managedPhone(trusting)
    const proxy = await foreign()
    expect((await phone.idle({ by: 'nothing', identity: proxy, headers: rfc9440(phone.identity) })).status).toBe(200)
  })
})

describe('a TLS session that is resumed', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('keeps the certificate of its first handshake: %s', async version => {
    const phone = await managedPhone(lab)
    const at = lab.endpoint('ios-mdm', 443)
    const body = printPlist({ UDID: phone.udid, Status: 'Idle' })
    let session: Buffer | undefined
    const poll = () =>
      new Promise<{ reused: boolean; head: string }>((resolve, reject) => {
        const socket = connect({
          ...{ host: at.address, port: at.port, servername: NAME, ca: lab.state.credentials.authority('lab-ca') },
          ...{ ...phone.identity, minVersion: version, maxVersion: version, ...(session ? { session } : {}) },
        })
        socket.on('session', one => {
          session = one
        })
        socket.once('error', reject).once('data', head => {
          resolve({ reused: socket.isSessionReused(), head: head.toString().split('\r\n')[0] ?? '' })
          socket.destroy()
        })
        socket.write(`PUT /mdm/connect HTTP/1.1\r\nHost: ${NAME}\r\nContent-Length: ${body.length}\r\n\r\n`)
        socket.write(body)
      })
    expect(await poll()).toEqual({ reused: false, head: 'HTTP/1.1 200 OK' })
    expect(await poll()).toEqual({ reused: true, head: 'HTTP/1.1 200 OK' })
  })
})
