/** The Web Server on 8060 and 8061: packages in whole. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Lab } from '../../lab/start-lab.ts'
import { noted, startServer } from '../klserver/kit.ts'
import { ask, type Place, sha256 } from './kit.ts'

const SIZE = 8 * 1024 * 1024
const PACKAGE = '/packages/network-agent-stand-in.bin'

let lab: Lab
beforeAll(async () => {
  lab = await startServer()
})
afterAll(() => lab.stop())

const place = (port: number): Place => ({
  ...lab.endpoint('klserver', port),
  ...(port === 8061
    ? { tls: { ca: lab.state.credentials.authority('lab-ca'), servername: 'klserver.lan.ksc-lab.test' } }
    : {}),
})

describe.each([8060, 8061])('%i', port => {
  it('lists what it publishes, without the content', async () => {
    const { status, json } = await ask(place(port), '/packages')
    expect(status).toBe(200)
    expect(json()).toEqual([
      {
        name: 'network-agent-stand-in.bin',
        path: PACKAGE,
        bytes: SIZE,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ])
  })

  it('gives 8 MiB whole, with the checksum of the list and of the header', async () => {
    const [published] = (await ask(place(port), '/packages')).json()
    const { status, headers, body } = await ask(place(port), PACKAGE)
    expect({ status, length: body.length, sha256: sha256(body) }).toEqual({
      status: 200,
      length: SIZE,
      sha256: published.sha256,
    })
    expect(headers).toMatchObject({
      'content-length': String(SIZE),
      'content-type': 'application/octet-stream',
      'accept-ranges': 'bytes',
      'repr-digest': `sha-256=:${Buffer.from(published.sha256, 'hex').toString('base64')}:`,
    })
  })

  it('answers HEAD with the same headers and no bytes', async () => {
    const [head, whole] = await Promise.all([ask(place(port), PACKAGE, { method: 'HEAD' }), ask(place(port), PACKAGE)])
    const { date: _head, ...headers } = head.headers
    const { date: _whole, ...expected } = whole.headers
    expect(head).toMatchObject({ status: 200, text: '' })
    expect(headers).toEqual(expected)
  })

  it('gives two downloads at once, each whole', async () => {
    const answers = await Promise.all([ask(place(port), PACKAGE), ask(place(port), PACKAGE)])
    expect(answers.map(({ body }) => body.length)).toEqual([SIZE, SIZE])
    expect(new Set(answers.map(({ body }) => sha256(body))).size).toBe(1)
  })

  it('sends the nonce of a request back and writes both down', async () => {
    const nonce = `nonce-of-${port}`
    const { headers } = await ask(place(port), '/packages', { headers: { 'x-ksc-lab-nonce': nonce } })
    expect(headers['x-ksc-lab-nonce']).toBe(nonce)
    expect(noted(lab, 'request-received')).toContainEqual(expect.objectContaining({ port, detail: { nonce } }))
    await expect
      .poll(() => noted(lab, 'reply-sent'))
      .toContainEqual(expect.objectContaining({ port, detail: { nonce } }))
  })
})

describe('what is not published', () => {
  it('is answered with 404 and what is published', async () => {
    const { status, json } = await ask(place(8060), '/packages/other.bin')
    expect(status).toBe(404)
    expect(json()).toEqual({ error: `no /packages/other.bin here; published are /packages, ${PACKAGE}` })
  })

  it.each([
    '/packages/../../../../etc/passwd',
    '/packages/..%2f..%2f..%2fetc%2fpasswd',
    '/packages/%2e%2e/%2e%2e/etc/passwd',
    '/packages/..\\..\\etc\\passwd',
    '/packages//etc/passwd',
    '//etc/passwd',
    `${PACKAGE}/../../../package.json`,
    `${PACKAGE}%00.txt`,
    '/packages/%zz',
  ])('is not found by %s', async path => {
    const { status, text } = await ask(place(8060), path)
    expect(path.endsWith('%zz') ? [400] : [404], text).toContain(status)
    expect(text).not.toMatch(/root:|"devDependencies"/)
  })

  it('is not made by POST, PUT or DELETE', async () => {
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await ask(place(8060), PACKAGE, { method })).status, method).toBe(404)
    expect((await ask(place(8060), PACKAGE, { method: 'HEAD' })).status).toBe(200)
  })
})

describe('the wrong protocol', () => {
  it('ends plain HTTP on 8061, and HTTPS works afterwards', async () => {
    const { tls: _tls, ...bare } = place(8061)
    await expect(ask(bare, '/packages')).rejects.toThrow(/ECONNRESET|socket hang up/)
    expect((await ask(place(8061), '/packages')).status).toBe(200)
  })

  it('ends HTTPS on 8060, and plain HTTP works afterwards', async () => {
    const { tls } = place(8061)
    await expect(ask({ ...place(8060), ...(tls ? { tls } : {}) }, '/packages')).rejects.toThrow(/SSL|TLS|ECONNRESET/)
    expect((await ask(place(8060), '/packages')).status).toBe(200)
  })

  it('is not taken from a client that trusts another authority', async () => {
    const ca = lab.state.credentials.authority('internet-ca')
    const other = { ...place(8061), tls: { ca, servername: 'klserver.lan.ksc-lab.test' } }
    await expect(ask(other, '/packages')).rejects.toMatchObject({ code: 'SELF_SIGNED_CERT_IN_CHAIN' })
  })
})
