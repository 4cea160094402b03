/** examples/nginx-http as its README tells it, with the real nginx. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, carried, missing, reoriginated, type Stage, stage, unexpected } from './kit.ts'

const LISTENING = at(443, 8060, 8061, 8080, 13000, 13292, 13293, 17000, 17100)

describe.skipIf(missing(['nginx', '-v']))('examples/nginx-http', () => {
  let on: Stage
  beforeAll(async () => {
    on = await stage('nginx-http')
    await on.start(...LISTENING)
  })
  afterAll(() => on[Symbol.asyncDispose]())

  it('carries every arrow of the schema, and ends TLS on 8080, 8061 and 443 alone', async () => {
    const { code, report } = await on.verify()
    expect(unexpected(report)).toEqual([])
    expect(code).toBe(0)
    expect(carried(report).map(({ verdict }) => verdict)).toEqual(Array(19).fill('delivered'))
    expect(reoriginated(report).sort()).toEqual([443, 8061, 8080])
  })

  it('that does not pass the certificate on is found out, though the signature carries the arrow', async () => {
    on.mistake('nginx.conf', /^.*X-SSL-Client-Cert.*$/m, '')
    await on.start(...LISTENING)
    const { code, report } = await on.verify('--flow 17')
    const [result] = carried(report)
    expect(result?.verdict).toBe('delivered')
    expect(result?.findings.map(({ kind }) => kind)).toContain('client-certificate-lost')
    expect(code).toBe(0)
  })
})
