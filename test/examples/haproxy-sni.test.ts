/** examples/haproxy-sni as its README tells it, with the real HAProxy. */
import { expect, it } from 'vitest'
import { inTheProxysPlace } from './kit.ts'

inTheProxysPlace(
  {
    name: 'haproxy-sni',
    programs: [
      ['haproxy', '-v'],
      ['nginx', '-v'],
    ],
    ends: [],
  },
  on => {
    it('shares 443 by name, and turns other names away', async () => {
      const shown = async (name: string) =>
        (
          await on().run(
            `openssl s_client -connect 127.20.0.20:443 -servername ${name} < /dev/null 2>/dev/null | openssl x509 -noout -subject`,
          )
        ).stdout
      await using _lab = await on().up()
      expect(await shown('reverse-proxy.dmz.ksc-lab.test')).toContain('iOS MDM')
      expect(await shown('web-console.lan.ksc-lab.test')).toContain('Web Console')
      expect(await shown('elsewhere.example')).toBe('')
    })
  },
)
