import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plan } from '../../lab/plan.ts'
import { nftables } from '../../lab/rules/nftables.ts'
import { ruleSet } from '../../lab/rules/ruleset.ts'
import { startLab } from '../../lab/start-lab.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { withDatabase } from '../../shared/config/database-of.ts'
import { kinds } from './kit.ts'
import { type DatabaseServer, PASSWORD } from './servers.ts'

const external = ['agent-1', 'agent-2', 'web-console', 'admin-pc', 'kaspersky']

async function verified(database: string, route?: Record<string, { host: string; port: number }>) {
  await using lab = await startLab('lan', { external, settings: { database, databaseWait: 10_000 } })
  const report = await lab.verify({ flows: ['1'], timeout: 700, ...(route ? { route } : {}) })
  const told = JSON.stringify([report, lab.journal.entries()])
  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)]) expect(told).not.toContain(secret)
  const [result] = report.results
  if (!result) throw new Error('arrow 1 is not in the report')
  return result
}

describe.each(kinds)('arrow 1 to $name', { timeout: 60_000 }, ({ name, start, missing }) => {
  const folder = mkdtempSync(join(tmpdir(), 'ksc-lab-dbms-tls-'))
  const [cert, key] = [join(folder, 'server.crt'), join(folder, 'server.key')]
  const documented = name === 'MariaDB' ? 3306 : 5432
  let server: DatabaseServer
  let plain: DatabaseServer
  beforeAll(async () => {
    if (missing !== null) return
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'],
        ...['-subj', '/CN=dbms', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
      ],
      { stdio: 'ignore' },
    )
    chmodSync(folder, 0o711)
    if (name === 'PostgreSQL' && process.getuid?.() === 0) {
      const id = Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' }))
      chownSync(key, id, id)
    }
    expect(statSync(key).mode & 0o077).toBe(0)
    const withTls =
      name === 'MariaDB'
        ? [`--ssl-cert=${cert}`, `--ssl-key=${key}`]
        : ['-c', 'ssl=on', '-c', `ssl_cert_file=${cert}`, '-c', `ssl_key_file=${key}`]
    ;[server, plain] = await Promise.all([start(withTls), start(name === 'MariaDB' ? ['--skip-ssl'] : [])])
  }, 60_000)
  afterAll(async () => {
    await Promise.all([server?.[Symbol.asyncDispose](), plain?.[Symbol.asyncDispose]()])
    rmSync(folder, { recursive: true, force: true })
  })
  const serverTest = test.skipIf(missing !== null)
  const pin = () => new X509Certificate(readFileSync(cert)).fingerprint256

  serverTest(
    'is delivered with a nonce, without TLS, with the pinned certificate, and with its authority',
    async () => {
      for (const url of [plain.url(), server.url(`?tls=pin:${pin()}`), server.url(`?tls=ca:${cert}`)]) {
        const result = await verified(url)
        expect(result).toMatchObject({
          verdict: 'delivered',
          responder: 'dbms',
          port: documented,
          address: '127.0.0.1',
        })
        const seen = result.evidence.map(({ what }) => what)
        expect(seen).toEqual(expect.arrayContaining(['connected', 'request-sent', 'reply-received', 'exercise-done']))
        expect(seen.includes('secure')).toBe(url.includes('tls='))
      }
      expect(plain.sql('select count(*) from exercises')).toBe('0')
    },
  )

  serverTest('tells refused, filtered, a wrong password, no TLS and another certificate apart', async () => {
    const held = createServer(() => {}).listen(0, '127.0.0.1')
    await new Promise(resolve => held.once('listening', resolve))
    const silent = (held.address() as { port: number }).port
    const dbms = `dbms:${documented}`
    const url = plain.url()
    expect(await verified(url, { [dbms]: { host: '127.0.0.1', port: 1 } })).toMatchObject({
      verdict: 'refused',
      explanation: expect.not.stringContaining('saw nothing'),
    })
    expect(await verified(url, { [dbms]: { host: '127.0.0.1', port: silent } })).toMatchObject({ verdict: 'silent' })
    held.close()

    await using lab = await startLab('lan', { external, settings: { database: url } })
    const changed = (password: string) =>
      plain.sql(
        name === 'MariaDB'
          ? `set password for 'klserver'@'127.0.0.1' = password('${password}')`
          : `alter role klserver password '${password}'`,
      )
    changed('another one')
    const [wrong] = (await lab.verify({ flows: ['1'], timeout: 700 })).results
    changed(PASSWORD)
    expect(wrong).toMatchObject({ verdict: 'login-refused', explanation: expect.stringContaining('klserver') })
    expect((await lab.verify({ flows: ['1'] })).results).toMatchObject([{ verdict: 'delivered' }])

    // The Server itself began with TLS: what comes in between later is the arrow's.
    const pinned = server.url(`?tls=pin:${pin()}`)
    expect(await verified(pinned, { [dbms]: { host: '127.0.0.1', port: plain.port } })).toMatchObject({
      verdict: 'tls-refused',
      explanation: expect.stringContaining('offers no TLS'),
    })
  })

  serverTest('at the start, a certificate or a login that is refused is told at once and not waited for', async () => {
    const wrong = `?tls=pin:${'00'.repeat(32)}`
    await expect(verified(server.url(wrong))).rejects.toThrow(/SHA-256/)
    await expect(verified(plain.url(`?tls=pin:${pin()}`))).rejects.toThrow(/offers no TLS/)
    await expect(verified(server.url('', 'klserver:nonsense'))).rejects.toThrow(/does not take klserver/)
  })
})

test('the rules open the place of the URL, and only that', () => {
  const rules = (url: string, host?: string) => {
    const topology = withDatabase(loadTopology('reverse-proxy'), { database: url })
    return nftables(ruleSet(topology, plan(topology, '14.2', ['1']), host))
  }
  expect(rules('postgres://u:p@198.51.100.77/ksc')).toMatch(/198\.51\.100\.77.*tcp dport 5432/)
  expect(rules('mysql://u:p@198.51.100.77:13306/ksc')).toMatch(/198\.51\.100\.77.*tcp dport 13306/)
  expect(rules('mysql://u:p@192.0.2.77/ksc')).not.toContain('3306')
  expect(rules('mysql://u:p@192.0.2.77/ksc', 'klserver')).toMatch(/192\.0\.2\.77.*tcp dport 3306/)
  expect(rules('sqlite')).not.toMatch(/3306|5432|1433/)
})
