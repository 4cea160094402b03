import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Report } from '../../lab/report.ts'
import { startLab } from '../../lab/start-lab.ts'
import { startMiddlebox } from '../../shared/faults/index.ts'
import { run, temporary } from './kit.ts'

const verify = (state: string, ...args: string[]) =>
  run(['verify', 'lan', '--ports', 'ephemeral', '--state', state, ...args])

describe('ksc-lab verify lan', () => {
  it('exits 0 with every result as expected and evidence from both ends in each', async () => {
    using state = temporary()
    const { code, stdout, stderr } = await verify(state.path, '--format', 'json')
    const report = JSON.parse(stdout) as Report
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(report).toMatchObject({
      schema: 'ksc-lab/report@1',
      topology: 'lan',
      kscVersion: '14.2',
      mode: 'in-process',
      summary: { total: 27, asExpected: 27, unexpected: 0, skipped: 1 },
    })
    expect(Number.isNaN(Date.parse(report.startedAt))).toBe(false)
    expect(report.durationMs).toBeLessThan(10_000)
    for (const result of report.results.filter(({ verdict }) => verdict !== 'skipped'))
      expect(new Set(result.evidence.map(({ at }) => at)), result.id).toEqual(new Set(['initiator', 'responder']))
    expect(report.results.map(({ id }) => id)).toContain('4@agent-1>klserver:13000')
  })

  it('goes by the version: what 15.x Linux does not document is not exercised', async () => {
    using state = temporary()
    const { stdout } = await verify(state.path, '--json', '--ksc-version', 'linux-15')
    const arrows = (JSON.parse(stdout) as Report).results.map(({ flow }) => flow)
    expect(arrows).toContain('4')
    expect(arrows).not.toContain('6')
  })

  it('exits 1 when something is unexpected, and says what and how to mend it', async () => {
    using state = temporary()
    // A pin of another Server's certificate: the agents refuse theirs.
    const other = await run(['certs', 'export', join(state.path, 'other'), '--state', join(state.path, 'other-state')])
    expect(other.code).toBe(0)
    const { code, stdout } = await run(
      ['verify', 'lan', '--ports', 'ephemeral', '--flow', '4', '--state', join(state.path, 'state')],
      {
        KSC_LAB_SERVER_CERTIFICATE: join(state.path, 'other', 'klserver', 'common.crt'),
      },
    )
    expect(code).toBe(1)
    expect(stdout).toContain('XX  4  agent-1 -> klserver')
    expect(stdout).toContain('Administration Server authentication error')
    expect(stdout).toContain('To mend it: give the agent')
    expect(stdout).toContain('2 of 2 not as expected')
    expect(stdout).not.toContain('\u001b[')
  })

  it('draws `error`, exit 1, where a host cannot be asked', async () => {
    using state = temporary()
    await verify(state.path, '--flow', '1')
    const nobody = {
      pid: process.pid,
      topology: 'lan',
      kscVersion: '14.2',
      seed: 1,
      management: { address: '127.0.0.1', port: 2 },
    }
    writeFileSync(join(state.path, 'running.json'), JSON.stringify(nobody))
    const { code, stdout } = await verify(state.path, '--flow', '6', '--json')
    expect(code).toBe(1)
    expect((JSON.parse(stdout) as Report).results).toMatchObject([
      {
        verdict: 'error',
        asExpected: false,
        explanation: expect.stringContaining(
          'admin-pc cannot be asked: its management address 127.0.0.1:2 does not answer (ECONNREFUSED)',
        ),
      },
    ])
  })

  it('writes JUnit and TAP that say the same', async () => {
    using state = temporary()
    const junit = await verify(state.path, '--flow', '1,4', '--format', 'junit')
    expect(junit.stdout).toContain('<testsuite name="lan" tests="3" failures="0" errors="0" skipped="1"')
    expect(junit.stdout).toContain('name="4@agent-1&gt;klserver:13000 ')
    const tap = await verify(state.path, '--flow', '1,4', '--format', 'tap')
    expect(tap.stdout.split('\n').slice(0, 3)).toEqual([
      'TAP version 14',
      '1..3',
      'ok 1 - 1@klserver>dbms Server to database # SKIP not exercised: embedded store, no network',
    ])
  })

  it('writes the report to a file with --out', async () => {
    using state = temporary()
    const file = join(state.path, 'report.json')
    const { code, stdout, stderr } = await verify(state.path, '--flow', '4', '--format', 'json', '--out', file)
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect((JSON.parse(readFileSync(file, 'utf8')) as Report).summary.total).toBe(2)
    expect(stderr).toContain('all as expected')
  })

  it('sends an arrow to the box that --route names', async () => {
    using state = temporary()
    await using lab = await startLab('lan', { state: state.path })
    await using box = await startMiddlebox('reset', lab.endpoint('klserver', 13000))
    const where = `klserver:13000=${box.at.address}:${box.at.port}`
    const { code, stdout } = await verify(state.path, '--flow', '4,6', '--json', '--route', where)
    expect(code).toBe(1)
    const { results } = JSON.parse(stdout) as Report
    expect(results.map(({ flow, verdict }) => `${flow} ${verdict}`)).toEqual(['4 reset', '4 reset', '6 delivered'])
    expect(results[0]?.explanation).toContain(`the box at ${box.at.address}:${box.at.port}`)
  })

  it('does not start a host that is external', async () => {
    using state = temporary()
    const { code, stdout } = await verify(
      state.path,
      '--external',
      'kaspersky',
      '--flow',
      '8',
      '--json',
      '--timeout',
      '1',
    )
    expect(code).toBe(1)
    expect((JSON.parse(stdout) as Report).results[0]).toMatchObject({ flow: '8', asExpected: false })
  })
})

describe('usage', () => {
  it.each([
    [['verify', 'nowhere'], 'no topology "nowhere"; accepted are'],
    [['verify', 'lan', '--flow', '99'], 'ksc-lab flows'],
    [['verify', 'lan', '--flow', '14'], 'topology lan does not exercise it; its arrows are 1, 2'],
    [['verify', 'lan', '--ksc-version', '9'], 'Allowed choices are 13.1, 14.2, 15.1, linux-15'],
    [['verify', 'lan', '--format', 'xml'], 'Allowed choices are pretty, json, junit, tap'],
    [['verify', 'lan', '--timeout', 'soon'], 'a number greater than 0 is expected'],
    [['verify', 'lan', '--external', 'nobody'], 'topology lan has no such host; its hosts are klserver'],
    [['verify', 'lan', '--route', 'klserver=1.2.3.4'], 'expected is host:port=address:port'],
    [['verify', 'lan', '--route', 'nobody:1=127.0.0.1:2'], 'its hosts are klserver'],
    [['verify'], "missing required argument 'topology'"],
    [['nonsense'], "unknown command 'nonsense'"],
    [['up', 'lan', '--ports', 'some'], 'Allowed choices are documented, ephemeral'],
    [['run', 'nobody', '--topology', 'lan'], 'no host nobody in topology lan; its hosts are klserver'],
    [['topology', '/does/not/exist.yaml'], 'cannot be read (ENOENT)'],
  ])('%j exits 2 with one clear line', async (args, words) => {
    using state = temporary()
    const { code, stdout, stderr } = await run(args, { KSC_LAB_STATE: join(state.path, 'state') })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(words)
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2)
    expect(existsSync(join(state.path, 'state'))).toBe(false)
  })

  it.each([
    ['KSC_LAB_SYNC_INTERVAL', '-1', 'seconds, more than 0'],
    ['KSC_LAB_LOG', 'loud', 'trace, debug, info'],
    ['KSC_LAB_SYNC_INTERVALL', '5', 'is not known; accepted are'],
  ])('environment %s=%s exits 2', async (name, value, words) => {
    using state = temporary()
    const { code, stderr } = await run(['up', 'lan', '--state', state.path], { [name]: value })
    expect(code).toBe(2)
    expect(stderr).toContain(words)
  })
})
