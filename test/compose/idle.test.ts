/** `verify --idle` in containers: the firewall between the zones forgets what is idle, by a time-out of its own rules. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report } from '../../lab/report.ts'
import { leftOut } from '../requires.ts'
import { Project, unexpected } from './kit.ts'

const missing = leftOut('docker compose', 'docker', ['info'])
const project = new Project({ COMPOSE_PROFILES: 'gateway', KSC_LAB_WEB_CONSOLE_PORT: '18084' })

async function held(seconds: number): Promise<Report> {
  const how = ['--flow', '4,4a,4a-agents', '--idle', String(seconds), '--timeout', '1', '--json']
  const { stdout, stderr } = await project.compose(['run', '--rm', '-T', 'verify', ...how])
  if (!stdout.startsWith('{')) throw new Error(stderr)
  expect(stderr).toMatch(/holding 6 connections without a byte for \d s/)
  return JSON.parse(stdout) as Report
}

/** As docs/containers.md tells it. */
const FORGETS = `
add table inet idle
add ct timeout inet idle short { protocol tcp; l3proto ip; policy = { established : 2 }; }
add chain inet idle forward { type filter hook forward priority filter - 1; }
add rule inet idle forward tcp dport 13000 ct timeout set "short"
`

describe.skipIf(missing !== null)('the firewall of gateway', () => {
  beforeAll(async () => {
    await project.up({}, '--build')
  }, 600_000)
  afterAll(() => project.down(), 60_000)

  it('lets all live that it is not told to forget', { timeout: 120_000 }, async () => {
    const report = await held(3)
    expect(unexpected(report)).toEqual([])
    expect(report.results.map(({ idle }) => idle?.seconds)).toEqual(Array(6).fill(3))
  })

  it('with a time-out of two seconds drops the words of those who were dialled', { timeout: 120_000 }, async () => {
    const { code, stderr } = await project.compose([
      'exec',
      '-T',
      'firewall',
      'sh',
      '-c',
      `nft -f - <<'END'${FORGETS}END`,
    ])
    expect({ code, stderr }).toMatchObject({ code: 0 })
    const { results } = await held(4)
    const far = results.filter(({ flow, initiator }) => flow !== '4' && initiator !== 'dmz-pc')
    expect(far.map(({ verdict, idle }) => [verdict, idle?.initiator.saw])).toEqual(Array(3).fill(['idle-cut', 'late']))
    for (const { explanation } of far) expect(explanation).toContain('forgot it within that time')
    // Within a zone no firewall stands; behind the gateway the Server is the one who dialled.
    for (const result of results.filter(one => !far.includes(one))) expect(result.verdict).toBe('delivered')
    expect(results.find(({ flow }) => flow === '4a')?.explanation).toContain('the firewall between lan and dmz')
  })
})
