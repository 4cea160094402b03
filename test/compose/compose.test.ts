/** `docker compose` as docs/containers.md tells it, for real: the firewall, its faults, health, stopping, size. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { leftOut } from '../requires.ts'
import { docker, Project, unexpected } from './kit.ts'

const PORT = '18080'
const folder = mkdtempSync(join(tmpdir(), 'ksc-lab-compose-'))
const project = new Project({ COMPOSE_PROFILES: 'lan', KSC_LAB_WEB_CONSOLE_PORT: PORT })
const compose = project.compose.bind(project)
const up = project.up.bind(project)
const verify = project.verify.bind(project)

/** A firewall file of the user's own: the generated one, changed. */
async function firewall(name: string, change: (rules: string) => string): Promise<Record<string, string>> {
  const { stdout } = await compose(['run', '--rm', '-T', 'rules'])
  const file = join(folder, name)
  writeFileSync(file, change(stdout))
  const env = { KSC_LAB_FIREWALL: file }
  await up(env, 'firewall')
  return env
}

/** The arrow that this rule lets pass, and what the Server asks the Kaspersky servers for its devices. */
const outside = (verdict: string): string[][] =>
  [
    ...['5@agent-1>klserver:17000', '5@agent-2>klserver:17000', '8@klserver>kaspersky:443'],
    ...['x-ksn-tcp@agent-1>klserver:13111', 'x-ksn-tcp@agent-2>klserver:13111'],
    ...['x-ksn-udp@agent-1>klserver:15111', 'x-ksn-udp@agent-2>klserver:15111'],
  ].map(id => [id, verdict])
const rule = /^.*"8 klserver -> kaspersky"\n/m

const missing = leftOut('docker compose', 'docker', ['info'])

describe.skipIf(missing !== null)('docker compose', () => {
  beforeAll(async () => {
    const built = await compose(['build', 'klserver'])
    if (built.code !== 0) throw new Error(`docker compose build: ${built.stderr}`)
    await up()
  }, 600_000)
  afterAll(async () => {
    await project.down()
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  it('run --rm verify prints the matrix: all delivered, with evidence from both ends', {
    timeout: 60_000,
  }, async () => {
    const { code, report } = await verify()
    expect(unexpected(report)).toEqual([])
    expect(code).toBe(0)
    expect(report.mode).toBe('compose')
    for (const result of report.results.filter(
      ({ expected, verdict }) => expected === 'delivered' && verdict !== 'skipped',
    ))
      expect(new Set(result.evidence.map(({ at }) => at)), result.id).toEqual(new Set(['initiator', 'responder']))
    expect(report.results.find(({ flow }) => flow === '8')?.address).toBe('203.0.113.10')
  })

  it('publishes the Web Console on 127.0.0.1, where the administrator logs in and sees the devices, more of them with --scale', {
    timeout: 60_000,
  }, async () => {
    await up({}, '--scale', 'agents=3', '--no-recreate')
    const { stdout } = await compose(['logs', '--no-log-prefix', 'web-console'])
    const [, user = '', password = ''] = /user (\S+) {3}password (\S+)/.exec(stdout) ?? []
    const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })
    const base = `https://127.0.0.1:${PORT}`
    const form = new URLSearchParams({ user, password }).toString()
    const login = await request(`${base}/login`, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form,
    })
    expect(login.statusCode).toBe(303)
    const cookie = String(login.headers['set-cookie']).split(';')[0] ?? ''
    await expect
      .poll(
        async () =>
          (
            (await (await request(`${base}/api/devices`, { dispatcher, headers: { cookie } })).body.json()) as {
              devices: unknown[]
            }
          ).devices.length,
        { timeout: 20_000 },
      )
      .toBe(5)
    await dispatcher.close()
  })

  it('runs the hosts as an ordinary user without capabilities, in an image under 250 MB', async () => {
    const { stdout } = await compose(['exec', '-T', 'klserver', 'sh', '-c', 'cat /proc/1/status'])
    expect(stdout).toMatch(/^Uid:\s+1000\s+1000/m)
    expect(stdout).toMatch(/^CapEff:\s+0+$/m)
    const { stdout: size } = await docker(['image', 'inspect', '-f', '{{.Size}}', 'ksc-lab'])
    expect(Number(size)).toBeLessThan(250_000_000)
    // What was left out for that is not missed.
    const loads = `for (const name of ['tedious', 'mysql2', 'pg', 'kysely', 'elkjs/lib/elk.bundled.js']) await import(name)`
    const { code, stderr } = await compose(['exec', '-T', 'klserver', 'node', '--input-type=module', '-e', loads])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it('a rule deleted from the firewall file makes exactly its row filtered', { timeout: 60_000 }, async () => {
    const env = await firewall('deleted.nft', rules => rules.replace(rule, ''))
    const { code, report } = await verify(env)
    expect(unexpected(report)).toEqual(outside('filtered'))
    expect(code).toBe(1)
    const [result] = report.results.filter(({ flow }) => flow === '8')
    expect(result?.explanation).toContain(
      'kaspersky saw nothing: the firewall between lan and internet drops it silently by the policy `drop` of chain forward in table inet ksc_lab',
    )
    expect(result?.advice).toContain('ip daddr 203.0.113.10 tcp dport 443 accept')
  })

  it.each([
    ['reject with tcp reset', 'refused'],
    ['reject with icmp type admin-prohibited', 'unreachable'],
  ] as const)('%s makes it %s', { timeout: 60_000 }, async (reject, verdict) => {
    const env = await firewall(`${verdict}.nft`, rules =>
      rules.replace(rule, `    ip daddr 203.0.113.10 tcp dport 443 ${reject}\n`),
    )
    const { report } = await verify(env)
    expect(unexpected(report)).toEqual(outside(verdict))
    // nft prints `icmp type` without its second word.
    const named = `the firewall between lan and internet rejects it by the rule \`ip daddr 203.0.113.10 tcp dport 443 ${reject.replace('icmp type', 'icmp')}\` of chain forward in table inet ksc_lab`
    expect(report.results.find(({ flow }) => flow === '8')?.explanation).toContain(named)
  })

  it('a rule that is too wide makes rows exposed that name it, and a rule that drops is named by the row it stops', {
    timeout: 60_000,
  }, async () => {
    const wide = 'ip saddr 203.0.113.0/24 tcp dport 13000-14000 counter accept comment "vendor, ticket 4711"'
    const drop = 'ip daddr 203.0.113.10 tcp dport { 80, 443 } drop comment "no web"'
    const env = await firewall('wide.nft', rules => rules.replace(/(?=^.*"8 klserver)/m, `    ${wide}\n    ${drop}\n`))
    const { code, report } = await verify(env)
    expect(code).toBe(1)
    const exposed = report.results.filter(({ verdict }) => verdict === 'exposed')
    const ports = [13000, 13291, 13299].map(String)
    expect(exposed.map(({ port }) => String(port))).toEqual(expect.arrayContaining(ports))
    for (const { id, explanation, advice, evidence, initiator } of exposed) {
      expect(initiator, id).toBe('kaspersky')
      expect(explanation, id).toContain(
        `lets it through by the rule \`${wide}\` of chain forward in table inet ksc_lab`,
      )
      expect(advice, id).toContain('narrow that rule')
      expect(evidence.at(-1), id).toMatchObject({
        at: 'firewall',
        what: 'ruled',
        detail: { decision: 'accept', by: [{ table: 'inet ksc_lab', chain: 'forward', rule: wide }] },
      })
    }
    const stopped = report.results.find(({ flow }) => flow === '8')
    expect(stopped?.verdict).toBe('filtered')
    expect(stopped?.explanation).toContain(`drops it silently by the rule \`${drop}\` of chain forward`)
    expect(stopped?.advice).toContain('allow it before that rule')
    expect(unexpected(report).length).toBe(exposed.length + outside('filtered').length)
  })

  it('a firewall that lets nobody ask it is healthy all the same, and verify does without it', {
    timeout: 60_000,
  }, async () => {
    const closed = '  chain input { type filter hook input priority filter; policy drop; }\n'
    const env = await firewall('closed.nft', rules => rules.replace(rule, '').replace(/}\s*$/, `${closed}}\n`))
    const { report } = await verify(env)
    const [result] = report.results.filter(({ flow }) => flow === '8')
    expect(unexpected(report)).toEqual(outside('filtered'))
    expect(result?.explanation).toMatch(/the firewall between lan and internet drops it silently$/)
    expect(result?.evidence.map(({ at }) => at)).not.toContain('firewall')
  })

  it('says so where KSC_LAB_FIREWALL names no file', { timeout: 60_000 }, async () => {
    const missingFile = join(folder, 'nowhere.nft')
    const { code } = await compose(['up', '-d', '--wait', 'firewall'], { KSC_LAB_FIREWALL: missingFile })
    expect(code).not.toBe(0)
    expect((await compose(['logs', 'firewall'])).stdout).toContain('KSC_LAB_FIREWALL: there is no such file')
    await up({}, 'firewall')
  })

  it('has a health check that fails when a host hangs', { timeout: 90_000 }, async () => {
    await compose(['kill', '-s', 'STOP', 'agent-2'])
    const health = async () =>
      (await docker(['inspect', '-f', '{{.State.Health.Status}}', 'ksc-lab-test-agent-2-1'])).stdout.trim()
    await expect.poll(health, { timeout: 60_000, interval: 1_000 }).toBe('unhealthy')
    await compose(['kill', '-s', 'CONT', 'agent-2'])
    await expect.poll(health, { timeout: 30_000, interval: 1_000 }).toBe('healthy')
  })

  it('stops within 2 s of SIGTERM, and nothing has to be killed', { timeout: 60_000 }, async () => {
    const started = performance.now()
    await compose(['stop'])
    // Docker itself needs a moment for each of the ten containers.
    expect(performance.now() - started).toBeLessThan(6_000)
    const { stdout } = await compose(['ps', '-a', '--format', '{{.Name}} {{.ExitCode}}'])
    expect(
      stdout
        .trim()
        .split('\n')
        .filter(line => !line.endsWith(' 0')),
    ).toEqual([])
  })
})
