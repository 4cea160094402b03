/** Arrow 8, and activations, by real Squid: what it lets through, what it refuses and how, and what it does to TLS. */
import { readFileSync } from 'node:fs'
import { generate } from 'selfsigned'
import { describe, expect, it } from 'vitest'
import { openLabState } from '../../lab/lab-state.ts'
import type { Result } from '../../lab/report.ts'
import { type Lab, startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { throughProxy } from '../../shared/net/through-proxy.ts'
import type { ServiceSettings } from '../../shared/service.ts'
import { temporary } from '../cli/kit.ts'
import { guest } from '../lab/guest.ts'
import { missing, type Squid, startSquid, withoutTls } from './squid.ts'

const NAME = 'kaspersky.internet.ksc-lab.test'
const RESOLVED = { names: { [NAME]: '127.0.0.1' } }

const labBehind = (squid: Pick<Squid, 'port'>, login = '', more: Partial<ServiceSettings> = {}): Promise<Lab> =>
  startLab('lan', { settings: { forwardProxy: `http://${login}127.0.0.1:${squid.port}`, ...more } })

async function arrow(lab: Lab, flow = '8'): Promise<Result> {
  const [result] = (await lab.verify({ flows: [flow] })).results
  if (!result) throw new Error(`no result of arrow ${flow}`)
  return result
}

const sights = ({ evidence }: Result, what: string) =>
  evidence.filter(entry => entry.what === what).map(({ detail }) => detail)

describe.skipIf(missing)('by Squid', () => {
  it('arrow 8 and activations are delivered, and Squid has opened the way to them', async () => {
    await using squid = await startSquid(RESOLVED)
    await using lab = await labBehind(squid)
    const result = await arrow(lab)
    expect(result).toMatchObject({ verdict: 'delivered' })
    const { port } = lab.endpoint('kaspersky', 443)
    expect(sights(result, 'proxy-connect')).toContainEqual({
      ...{ proxy: `127.0.0.1:${squid.port}`, to: `${NAME}:${port}`, user: null },
    })
    expect(sights(result, 'proxy-answer')).toContainEqual(expect.objectContaining({ status: 200 }))
    expect(await arrow(lab, '5')).toMatchObject({ verdict: 'delivered' })
    await expect.poll(() => squid.log().match(/TCP_TUNNEL\/200/g)?.length ?? 0).toBeGreaterThanOrEqual(4)
  })

  it('the rules of docs/forward-proxy.md let it pass, and nothing else', async () => {
    const page = readFileSync(new URL('../../docs/forward-proxy.md', import.meta.url), 'utf8')
    const [, conf = ''] = /```squid\n(.*?)```/s.exec(page) ?? []
    // The login and the numbers of the ports: test/examples/squid.test.ts.
    const lines = conf
      .split('\n')
      .filter(line => /^(acl (kaspersky|push)|http_access) /.test(line))
      .map(line => line.replace(' services known', ''))
    expect(lines).toHaveLength(5)
    await using squid = await startSquid({ names: { ...RESOLVED.names, localhost: '127.0.0.1' }, lines })
    await using lab = await labBehind(squid)
    expect(await arrow(lab)).toMatchObject({ verdict: 'delivered' })
    const elsewhere = throughProxy(guest(lab, 'klserver'), {
      ...{ host: '127.0.0.1', port: squid.port, login: null, bypass: [] },
    })
    await expect(elsewhere.dial({ host: 'klserver', port: 8060 })).rejects.toThrow('403 Forbidden')
  })

  it('a right login is taken', async () => {
    await using squid = await startSquid({ ...RESOLVED, login: 'ksc:p@ss:word' })
    await using lab = await labBehind(squid, 'ksc:p%40ss%3Aword@')
    expect(await arrow(lab)).toMatchObject({ verdict: 'delivered' })
    expect(JSON.stringify(lab.journal.entries())).not.toContain('p@ss')
  })

  it.each([
    ['none', '', 'it wants a user and a password'],
    ['a wrong one', 'ksc:wrong@', 'it does not accept the login of ksc'],
  ])('where a login is wanted and there is %s, it is http-rejected with 407', async (_which, login, words) => {
    await using squid = await startSquid({ ...RESOLVED, login: 'ksc:right' })
    await using lab = await labBehind(squid, login)
    const { verdict, explanation, advice } = await arrow(lab)
    expect(verdict).toBe('http-rejected')
    expect(explanation).toContain(`asked the proxy 127.0.0.1:${squid.port} for CONNECT ${NAME}:`)
    expect(explanation).toContain('got HTTP 407 (Server: squid/')
    expect(explanation).toContain(words)
    expect(advice).toContain('KSC_LAB_FORWARD_PROXY=http://user:password@host:port')
    // The device is told which leg it was.
    const activation = await arrow(lab, '5')
    expect(activation.verdict).toBe('http-rejected')
    expect(activation.explanation).toContain('agent-1 reached klserver:17000/tcp, which passes it on to kaspersky:443')
    expect(activation.explanation).toContain('407')
    const failed = sights(activation, 'exercise-failed')[0] as { code: string; message: string }
    expect(failed.code).toBe('kaspersky-unreachable')
    expect(failed.message).toContain('klserver has your request and could not pass it on to Kaspersky')
  })

  it('what its policy forbids is http-rejected with 403, and the advice names the rule', async () => {
    const lines = ['acl kaspersky dstdomain .ksc-lab.test', 'http_access deny kaspersky']
    await using squid = await startSquid({ ...RESOLVED, lines })
    await using lab = await labBehind(squid)
    const { verdict, explanation, advice } = await arrow(lab)
    expect(verdict).toBe('http-rejected')
    expect(explanation).toMatch(/got HTTP 403 \(Server: squid.*its policy does not allow this/)
    expect(advice).toContain(`dstdomain ${NAME}`)
  })

  it('a name that it does not resolve is http-rejected, and said to be its name resolution', async () => {
    await using squid = await startSquid()
    await using lab = await labBehind(squid)
    const { verdict, explanation, advice } = await arrow(lab)
    expect(verdict).toBe('http-rejected')
    expect(explanation).toMatch(/got HTTP 50[03] \(Server: squid.*does not resolve the name/)
    expect(advice).toContain('dns_nameservers')
  })

  it('a target that it does not reach is http-rejected with 503', async () => {
    await using squid = await startSquid(RESOLVED)
    await using lab = await labBehind(squid)
    await lab.stopHost('kaspersky')
    const { verdict, explanation, advice } = await arrow(lab)
    expect(verdict).toBe('http-rejected')
    expect(explanation).toMatch(/got HTTP 503 .*ERR_CONNECT_FAIL.*could not get there/)
    expect(advice).toContain('let the proxy itself reach')
  })

  it('the bypass list goes past it', async () => {
    await using squid = await startSquid({ lines: ['http_access deny all'] })
    await using lab = await labBehind(squid, '', { forwardProxyBypass: ['10.*', '*.INTERNET.ksc-lab.test'] })
    const result = await arrow(lab)
    expect(result.verdict).toBe('delivered')
    expect(sights(result, 'proxy-connect')).toEqual([])
    await using other = await labBehind(squid, '', { forwardProxyBypass: ['10.*', 'internet.ksc-lab.test'] })
    expect((await arrow(other)).verdict).toBe('http-rejected')
  })
})

describe.skipIf(withoutTls)('by Squid that looks into TLS', () => {
  const inspection = async () => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'Contoso proxy authority' }], {
      keyType: 'rsa',
      keySize: 2048,
      algorithm: 'sha256',
      extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
    } as never)
    return `${cert}\n${key}`
  }

  it('peeking and splicing is delivered', async () => {
    const lines = ['acl step1 at_step SslBump1', 'ssl_bump peek step1', 'ssl_bump splice all']
    await using squid = await startSquid({ ...RESOLVED, lines, bump: await inspection() })
    await using lab = await labBehind(squid)
    expect(await arrow(lab)).toMatchObject({ verdict: 'delivered', findings: [] })
  })

  it('bumping is tls-intercepted, and the proxy and its authority are named', async () => {
    const lines = ['acl step1 at_step SslBump1', 'ssl_bump peek step1', 'ssl_bump bump all']
    using folder = temporary()
    const { credentials } = await openLabState(folder.path, loadTopology('lan'))
    const trusts = credentials.authority('internet-ca')
    await using squid = await startSquid({ ...RESOLVED, lines, bump: await inspection(), trusts })
    const settings = { forwardProxy: `http://127.0.0.1:${squid.port}` }
    await using lab = await startLab('lan', { state: folder.path, settings })
    const { verdict, explanation, advice } = await arrow(lab)
    expect(verdict).toBe('tls-intercepted')
    expect(explanation).toContain('issued by CN=Contoso proxy authority')
    expect(explanation).toContain(`the proxy 127.0.0.1:${squid.port} ends TLS`)
    expect(explanation).toContain('kaspersky presented')
    expect(advice).toContain('ssl_bump splice')
  })
})
