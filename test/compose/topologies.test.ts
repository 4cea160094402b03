/** Every other lab in containers, as docs/containers.md tells it: all arrows through the firewall with its generated rules. */
import { describe, expect, it } from 'vitest'
import { leftOut } from '../requires.ts'
import { Project, unexpected } from './kit.ts'

/** ms */
const LONGEST = 15_000
const missing = leftOut('docker compose', 'docker', ['info'])

describe.skipIf(missing !== null)('docker compose with another profile', () => {
  it.each([
    ['gateway', '4a-agents'],
    ['gateway-segment', 'x-gw-segment-agents'],
    ['hierarchy', 'x-hier-dmz'],
    ['server-dmz', '4'],
    ['other-ports', 'x-siem'],
    ['reverse-proxy', '17'],
  ])('%s', { timeout: 180_000 }, async (topology, arrow) => {
    const project = new Project({
      COMPOSE_PROFILES: topology,
      KSC_LAB_WEB_CONSOLE_PORT: '18082',
    })
    try {
      await project.up({}, '--build')
      const { code, report } = await project.verify()
      expect(unexpected(report)).toEqual([])
      expect(code).toBe(0)
      expect(report).toMatchObject({ topology, mode: 'compose' })
      // Other tests run beside this one: once more, where they took the processor.
      const again = report.durationMs < LONGEST ? report : (await project.verify()).report
      expect(Math.min(report.durationMs, again.durationMs)).toBeLessThan(LONGEST)
      expect(report.results.map(({ flow }) => flow)).toContain(arrow)
      for (const result of report.results.filter(
        ({ expected, verdict }) => expected === 'delivered' && verdict !== 'skipped',
      ))
        expect(new Set(result.evidence.map(({ at }) => at)), result.id).toEqual(new Set(['initiator', 'responder']))
    } finally {
      await project.down()
    }
  })
})
