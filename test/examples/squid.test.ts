/** examples/squid as its README tells it, with the real Squid. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing, reoriginated, type Stage, stage, unexpected } from './kit.ts'

const LISTENING = ['*:3128']

describe.skipIf(missing(['squid', '-v']))('examples/squid', () => {
  let on: Stage
  beforeAll(async () => {
    on = await stage('squid')
    await on.start(...LISTENING)
  })
  afterAll(() => on[Symbol.asyncDispose]())

  it('opens the way to Kaspersky, with a login', async () => {
    const { code, report } = await on.verify()
    expect(unexpected(report)).toEqual([])
    expect(code).toBe(0)
    const [result] = report.results.filter(({ flow }) => flow === '8')
    expect(result?.verdict).toBe('delivered')
    expect(reoriginated(report)).toEqual([])
    expect(result?.evidence).toContainEqual(
      expect.objectContaining({ what: 'proxy-connect', detail: expect.objectContaining({ user: 'ksc' }) }),
    )
    const { stdout } = await on.run('cat /var/log/squid/access.log')
    expect(stdout).toMatch(/TCP_TUNNEL\/200 \d+ CONNECT kaspersky\.internet\.ksc-lab\.test:443 ksc /)
  })

  it('turns away whoever has no login, and leads nowhere else', async () => {
    const asked = (how: string) =>
      on
        .run(`curl -s -o /dev/null -w '%{http_connect}' --max-time 5 --proxytunnel -x ${how}`)
        .then(({ stdout }) => stdout)
    expect(await asked('http://127.0.0.1:3128 https://kaspersky.internet.ksc-lab.test')).toBe('407')
    expect(await asked('http://ksc:change-me@127.0.0.1:3128 https://klserver.lan.ksc-lab.test:13299')).toBe('403')
  })

  it('does not take another login', async () => {
    on.mistake('users', 'ksc:', 'somebody:')
    await on.start(...LISTENING)
    const { code, report } = await on.verify('--flow 8,10,12')
    expect(report.results.map(({ verdict }) => verdict)).toEqual(Array(4).fill('http-rejected'))
    expect(code).toBe(1)
  })
})
