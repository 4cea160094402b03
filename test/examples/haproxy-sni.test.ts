/** examples/haproxy-sni as its README tells it, with the real HAProxy. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, carried, missing, reoriginated, type Stage, stage, unexpected } from './kit.ts'

const LISTENING = at(443, 8060, 8061, 8080, 13000, 13292, 13293, 17000, 17100)

describe.skipIf(missing(['haproxy', '-v'], ['nginx', '-v']))('examples/haproxy-sni', () => {
  let on: Stage
  beforeAll(async () => {
    on = await stage('haproxy-sni')
    await on.start(...LISTENING)
  })
  afterAll(() => on[Symbol.asyncDispose]())

  it('carries every arrow of the schema, TLS from end to end', async () => {
    const { code, report } = await on.verify()
    expect(unexpected(report)).toEqual([])
    expect(code).toBe(0)
    expect(carried(report).map(({ verdict }) => verdict)).toEqual(Array(19).fill('delivered'))
    expect(reoriginated(report).sort()).toEqual([])
  })

  it('shares 443 by name, and turns other names away', async () => {
    const shown = async (name: string) =>
      (
        await on.run(
          `openssl s_client -connect 127.20.0.20:443 -servername ${name} < /dev/null 2>/dev/null | openssl x509 -noout -subject`,
        )
      ).stdout
    await using _lab = await on.up()
    expect(await shown('reverse-proxy.dmz.ksc-lab.test')).toContain('iOS MDM')
    expect(await shown('web-console.lan.ksc-lab.test')).toContain('Web Console')
    expect(await shown('elsewhere.example')).toBe('')
  })
})
