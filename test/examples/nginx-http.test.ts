/** examples/nginx-http as its README tells it, with the real nginx. */
import { expect, it } from 'vitest'
import { carried, inTheProxysPlace, PUBLISHED } from './kit.ts'

inTheProxysPlace({ name: 'nginx-http', programs: [['nginx', '-v']], ends: [443, 8061, 8080] }, on => {
  it('that does not pass the certificate on is found out, though the signature carries the arrow', async () => {
    on().mistake('nginx.conf', /^.*X-SSL-Client-Cert.*$/m, '')
    await on().start(...PUBLISHED)
    const { code, report } = await on().verify('--flow 17')
    const [result] = carried(report)
    expect(result?.verdict).toBe('delivered')
    expect(result?.findings.map(({ kind }) => kind)).toContain('client-certificate-lost')
    expect(code).toBe(0)
  })
})
