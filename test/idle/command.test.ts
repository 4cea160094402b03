import { describe, expect, it } from 'vitest'
import type { Report } from '../../lab/report.ts'
import { startLab } from '../../lab/start-lab.ts'
import { startMiddlebox } from '../../shared/faults/index.ts'
import { run, temporary, up } from '../cli/kit.ts'

const EPHEMERAL = ['--ports', 'ephemeral']

describe('ksc-lab verify --idle', () => {
  it.each(['0', '-5', 'a minute', '', '86400.5', '0x10', '1e3', 'Infinity'])(
    'refuses %j, and says what it takes',
    async given => {
      using state = temporary()
      const { code, stdout, stderr } = await run(['verify', 'lan', '--state', state.path, `--idle=${given}`])
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain('--idle')
      expect(stderr).toContain('greater than 0 and at most 86400 (24 h)')
    },
  )

  it('holds arrow 4 and nothing else, says for how long, and shows it in every format', async () => {
    using state = temporary()
    const verify = (format: string) =>
      run([
        'verify',
        'lan',
        ...EPHEMERAL,
        '--state',
        state.path,
        '--flow',
        '3,4,6',
        '--idle',
        '0.4',
        '--format',
        format,
      ])
    const json = await verify('json')
    expect(json.code).toBe(0)
    expect(json.stderr).toMatch(/^holding 2 connections without a byte for 0\.4 s, until \d\d:\d\d:\d\d\n$/)
    const { results } = JSON.parse(json.stdout) as Report
    expect(results.map(({ flow, idle }) => [flow, idle?.seconds])).toEqual([
      ['3', undefined],
      ['3', undefined],
      ['4', 0.4],
      ['4', 0.4],
      ['6', undefined],
    ])
    const junit = await verify('junit')
    expect(junit.stdout.match(/<system-out>held 0\.4 s without a byte<\/system-out>/g)).toHaveLength(2)
    const pretty = await verify('pretty')
    expect(pretty.stdout.match(/held 0\.4 s: Agents/g)).toHaveLength(2)
    expect((await verify('tap')).stdout).not.toContain('not ok')
  })

  it('says so where there is nothing to hold', async () => {
    using state = temporary()
    const { code, stderr } = await run([
      'verify',
      'lan',
      ...EPHEMERAL,
      '--state',
      state.path,
      '--flow',
      '6',
      '--idle',
      '3600',
    ])
    expect(code).toBe(0)
    expect(stderr).toBe('no long-lived connection came about, so none is held\n')
  })

  it('holds those of a lab that runs, through a box of mine, and tells of the cut in JUnit', async () => {
    using state = temporary()
    const { child } = await up(state.path)
    try {
      const whole = await run(['verify', 'lan', '--state', state.path, '--flow', '4', '--idle', '0.4', '--json'])
      expect(whole.stderr).toContain('using the lab that runs')
      expect((JSON.parse(whole.stdout) as Report).results.map(({ verdict, idle }) => [verdict, idle?.seconds])).toEqual(
        [
          ['delivered', 0.4],
          ['delivered', 0.4],
        ],
      )
      const evidence = (JSON.parse(whole.stdout) as Report).results[0]?.evidence
      const sent = evidence?.find(({ at, what }) => at === 'responder' && what === 'accepted')?.detail as {
        local: { address: string; port: number }
      }
      await using box = await startMiddlebox('idle-cut', sent.local, { seconds: 0.3, way: 'fin' })
      const route = `klserver:13000=${box.at.address}:${box.at.port}`
      const cut = await run([
        'verify',
        'lan',
        '--state',
        state.path,
        '--flow',
        '4',
        '--route',
        route,
        '--idle',
        '0.8',
        '--format',
        'junit',
      ])
      expect(cut.code).toBe(1)
      expect(cut.stdout.match(/<failure type="idle-cut" message="expected delivered, got idle-cut">/g)).toHaveLength(2)
    } finally {
      child.kill('SIGTERM')
      await child.done
    }
  })

  it('holds what is there where a host is external', async () => {
    using state = temporary()
    const { stdout, stderr } = await run([
      'verify',
      'lan',
      ...EPHEMERAL,
      '--state',
      state.path,
      '--flow',
      '4',
      '--idle',
      '0.3',
      '--external',
      'agent-2',
      '--json',
    ])
    expect(stderr).toContain('holding 1 connection without a byte for 0.3 s')
    expect((JSON.parse(stdout) as Report).results.map(({ verdict }) => verdict)).toEqual(['delivered', 'error'])
  })
})

it.each([0, -1, 1.5, Number.NaN, 86_400_001])('lab.verify refuses idle: %j, and says what it takes', async idle => {
  await using lab = await startLab('lan', { external: ['agent-1', 'agent-2', 'web-console', 'kaspersky', 'admin-pc'] })
  await expect(lab.verify({ idle })).rejects.toThrow(/a whole number of ms from 1 to 86400000 \(24 h\) is expected/)
})

it.each([
  [{ seconds: 0 }, 'options.seconds is 0; it must be a number greater than 0 and at most 86400 (24 h).'],
  [{ way: 'politely' as 'fin' }, 'options.way is "politely"; it must be one of fin, rst, silent.'],
])('the fault refuses %j', async (options, words) => {
  await expect(startMiddlebox('idle-cut', { address: '127.0.0.1', port: 1 }, options)).rejects.toThrow(words)
})

it('the fault counts from the last byte: what speaks in time is let live', async () => {
  await using lab = await startLab('lan', { settings: {} })
  await using box = await startMiddlebox('idle-cut', lab.endpoint('klserver', 13000), { seconds: 0.6, way: 'rst' })
  const route = { 'klserver:13000': { host: box.at.address, port: box.at.port } }
  const { results } = await lab.verify({ flows: ['4'], route, idle: 300 })
  expect(results.map(({ verdict }) => verdict)).toEqual(['delivered', 'delivered'])
})
