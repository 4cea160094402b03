/** The stand-in for the servers on the internet: updates, activation and KSN over HTTPS on 443. */
import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { ask, type Place, sha256 } from '../klcsweb/kit.ts'
import { noted } from '../klserver/kit.ts'

const NAME = 'kaspersky.internet.ksc-lab.test'
const JSON_TYPE = { 'content-type': 'application/json' }

let lab: Lab
beforeAll(async () => {
  const others = loadTopology('lan').hosts.filter(({ name }) => name !== 'kaspersky')
  lab = await startLab('lan', { external: others.map(({ name }) => name) })
})
afterAll(() => lab.stop())

const authority = (name: string) => lab.state.credentials.authority(name)
const place = (ca = authority('internet-ca'), servername = NAME): Place => ({
  ...lab.endpoint('kaspersky', 443),
  tls: { ca, servername },
})
const post = (path: string, body: unknown, headers: Record<string, string> = JSON_TYPE) =>
  ask(place(), path, { method: 'POST', headers, body })

describe('the certificate', () => {
  it('is by the authority of the internet, for the name and no other', async () => {
    expect((await ask(place(), '/updates/index.json')).status).toBe(200)
    expect((await ask(place(authority('internet-ca'), 'kaspersky'), '/updates/index.json')).status).toBe(200)
    await expect(
      ask(place(authority('internet-ca'), 'klserver.lan.ksc-lab.test'), '/updates/index.json'),
    ).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  })

  it.each(['activation-v2.kaspersky.com', 's19.upd.kaspersky.com', 'ksn-file-geo.kaspersky-labs.com'])(
    'is for the real name %s too',
    async name => expect((await ask(place(undefined, name), '/updates/index.json')).status).toBe(200),
  )

  it("is not by the lab's own authority", async () => {
    await expect(ask(place(authority('lab-ca')), '/updates/index.json')).rejects.toThrow(/certificate/)
    const issuer = new X509Certificate(lab.certificate('kaspersky', 'kaspersky')).issuer
    expect(issuer).toContain('ksc-lab internet authority')
    expect(issuer).toBe(new X509Certificate(authority('internet-ca')).subject)
  })

  it('is changed at the next handshake', async () => {
    await lab.present('kaspersky', 'expired')
    await expect(ask(place(), '/updates/index.json')).rejects.toMatchObject({ code: 'CERT_HAS_EXPIRED' })
    await lab.present('kaspersky', null)
    expect((await ask(place(), '/updates/index.json')).status).toBe(200)
  })

  it('is not needed by plain HTTP, which is closed and written down', async () => {
    const { tls: _, ...bare } = place()
    await expect(ask(bare, '/updates/index.json')).rejects.toThrow(/ECONNRESET|socket hang up/)
    expect(noted(lab, 'closed').at(-1)).toMatchObject({ port: 443, detail: { code: 'NOT_TLS' } })
  })
})

describe('updates', () => {
  it('are listed with size and checksum, and are what the list says', async () => {
    const { files } = (await ask(place(), '/updates/index.json')).json()
    expect(files.map(({ path, bytes }: { path: string; bytes: number }) => [path, bytes])).toEqual([
      ['/updates/bases.idx', 2_048],
      ['/updates/bases-increment.bin', 262_144],
    ])
    for (const { path, bytes, sha256: sum } of files) {
      const { status, headers, body } = await ask(place(), path)
      expect({ status, bytes: body.length, sum: sha256(body) }).toEqual({ status: 200, bytes, sum })
      expect(headers).toMatchObject({ 'content-type': 'application/octet-stream', 'content-length': String(bytes) })
    }
  })

  it('are given by range, so that a download can be resumed; whole where the file is another one', async () => {
    const path = '/updates/bases-increment.bin'
    const whole = await ask(place(), path)
    const { etag = '' } = whole.headers
    const rest = (ifRange: string) => ask(place(), path, { headers: { range: 'bytes=200000-', 'if-range': ifRange } })
    const part = await rest(etag)
    expect({ status: part.status, range: part.headers['content-range'] }).toEqual({
      status: 206,
      range: 'bytes 200000-262143/262144',
    })
    expect(part.body.equals(whole.body.subarray(200_000))).toBe(true)
    expect((await rest('"another"')).status).toBe(200)
    const beyond = await ask(place(), path, { headers: { range: 'bytes=262144-' } })
    expect({ status: beyond.status, range: beyond.headers['content-range'] }).toEqual({
      status: 416,
      range: 'bytes */262144',
    })
  })

  it('answer HEAD without bytes', async () => {
    const { status, headers, text } = await ask(place(), '/updates/bases-increment.bin', { method: 'HEAD' })
    expect({ status, length: headers['content-length'], text }).toEqual({ status: 200, length: '262144', text: '' })
  })

  it('send a nonce back', async () => {
    const nonce = 'nonce-of-an-update'
    const { headers } = await ask(place(), '/updates/bases.idx', { headers: { 'x-ksc-lab-nonce': nonce } })
    expect(headers['x-ksc-lab-nonce']).toBe(nonce)
    expect(noted(lab, 'request-received')).toContainEqual(expect.objectContaining({ port: 443, detail: { nonce } }))
  })
})

describe('an activation', () => {
  it('is for a year', async () => {
    const before = Date.now()
    const { status, json } = await post('/activation', { product: 'Kaspersky Security Center' })
    expect(status).toBe(200)
    expect(json()).toEqual({ product: 'Kaspersky Security Center', validTo: expect.any(String) })
    const days = (Date.parse(json().validTo) - before) / 86_400_000
    expect(days).toBeGreaterThanOrEqual(365)
    expect(days).toBeLessThan(365.1)
  })

  it.each([
    ['no product', {}],
    ['an empty product', { product: '' }],
    ['a list', []],
    ['nothing', undefined],
  ])('of %s is refused with words', async (_what, body) => {
    const { status, json } = await post('/activation', body)
    expect(status).toBe(400)
    expect(json().message).not.toBe('')
  })

  it.each([
    ['half a JSON', '{"product":', JSON_TYPE, 400],
    ['no JSON type', 'product=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['more than 64 KiB', { product: 'x'.repeat(65_536) }, JSON_TYPE, 413],
  ])('with %s is refused, and the next one is answered', async (_what, body, headers, expected) => {
    expect((await post('/activation', body, headers)).status).toBe(expected)
    expect((await post('/activation', { product: 'next' })).status).toBe(200)
  })
})

describe('KSN', () => {
  it('knows no reputation of any file', async () => {
    const sum = sha256(Buffer.from('a file'))
    const { status, json } = await post('/ksn', { sha256: sum })
    expect({ status, answer: json() }).toEqual({ status: 200, answer: { sha256: sum, reputation: 'unknown' } })
  })

  it.each(['', 'abc', 'F'.repeat(64), 'f'.repeat(63), 'f'.repeat(65), 5, null])(
    'does not take %j for a checksum',
    async sum => {
      expect((await post('/ksn', { sha256: sum })).status).toBe(400)
    },
  )
})

describe('an unknown path', () => {
  it.each([
    '/',
    '/updates',
    '/updates/',
    '/updates/other.bin',
    '/updates/../activation',
    '/updates/..%2f..%2fetc%2fpasswd',
  ])('%s is 404', async path => {
    expect((await ask(place(), path)).status).toBe(404)
  })

  it('is also a known one by another method', async () => {
    expect((await ask(place(), '/activation')).status).toBe(404)
    expect((await post('/updates/index.json', {})).status).toBe(404)
  })
})
