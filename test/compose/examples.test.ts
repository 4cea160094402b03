/** The examples in containers, as their READMEs tell it: one lab, in which one proxy after the other takes the place. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { carried, reoriginated } from '../examples/kit.ts'
import { leftOut } from '../requires.ts'
import { Project, unexpected } from './kit.ts'

const missing = leftOut('docker compose', 'docker', ['info'])
const readme = (example: string) =>
  readFileSync(new URL(`../../examples/${example}/README.md`, import.meta.url), 'utf8')
const files = (example: string) => ({ COMPOSE_FILE: `compose.yaml:examples/${example}/compose.yaml` })

describe.skipIf(missing !== null)('docker compose with an example', () => {
  const project = new Project({
    COMPOSE_PROFILES: 'reverse-proxy',
    KSC_LAB_WEB_CONSOLE_PORT: '18083',
  })
  const folder = mkdtempSync(join(tmpdir(), 'ksc-lab-examples-'))
  // Other projects may have to end before.
  beforeAll(async () => {
    await project.up(files('nginx-stream'), '--build')
  }, 600_000)
  afterAll(async () => {
    await project.down()
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  it.each([
    ['nginx-stream', []],
    ['haproxy-sni', []],
    ['caddy', [8080]],
    ['nginx-http', [443, 8061, 8080]],
    ['haproxy-client-cert', [443]],
  ])('%s', { timeout: 180_000 }, async (example, ends) => {
    expect(readme(example)).toContain(
      `export COMPOSE_PROFILES=reverse-proxy COMPOSE_FILE=${files(example).COMPOSE_FILE}\n`,
    )
    await project.up(files(example), '--remove-orphans')
    const { code, report } = await project.verify(files(example))
    expect(unexpected(report)).toEqual([])
    expect(code).toBe(0)
    expect(carried(report).map(({ verdict }) => verdict)).toEqual(Array(19).fill('delivered'))
    expect(reoriginated(report).sort()).toEqual(ends)
    for (const { id, address } of carried(report)) expect(address, id).toBe('198.51.100.20')
  })

  it('squid, past a firewall that does not let 8 pass', { timeout: 180_000 }, async () => {
    expect(readme('squid')).toContain(
      `export COMPOSE_PROFILES=reverse-proxy COMPOSE_FILE=${files('squid').COMPOSE_FILE}\n`,
    )
    const { stdout: rules } = await project.compose(['run', '--rm', '-T', 'rules'])
    const shut = rules.replace(/^.*"8 klserver -> kaspersky"\n/m, '')
    expect(shut).not.toBe(rules)
    const env = { ...files('squid'), KSC_LAB_FIREWALL: join(folder, 'without-8.nft') }
    writeFileSync(env.KSC_LAB_FIREWALL, shut)
    await project.up(env, '--remove-orphans')
    const { code, report } = await project.verify(env)
    expect(unexpected(report)).toEqual([])
    expect(code).toBe(0)
    const [result] = report.results.filter(({ flow }) => flow === '8')
    expect(result?.evidence.map(({ what }) => what)).toContain('proxy-connect')
    const { stdout } = await project.compose(
      ['exec', '-T', 'squid', 'cat', '/var/log/squid/access.log'],
      files('squid'),
    )
    expect(stdout).toMatch(/TCP_TUNNEL\/200 \d+ CONNECT kaspersky\.internet\.ksc-lab\.test:443 ksc /)
  })
})
