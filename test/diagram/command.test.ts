/** `ksc-lab diagram`, as a person types it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { mermaid } from '../../lab/diagram/mermaid.ts'
import { svg } from '../../lab/diagram/svg.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { run, temporary } from '../cli/kit.ts'
import { drawn, reportOf, threeZones, verdictsOf } from './kit.ts'

const folder = temporary()
afterAll(() => folder[Symbol.dispose]())
const lan = loadTopology('lan')
const verdicts = verdictsOf(lan, { '4@agent-1': 'filtered', '1@': 'skipped' })

const written = (content: string): string => {
  const file = join(folder.path, 'report.json')
  writeFileSync(file, content)
  return file
}
const diagram = (...args: string[]) => run(['diagram', '--topology', 'lan', ...args])

describe('ksc-lab diagram', () => {
  it('draws a topology by name or file, as SVG or Mermaid', async () => {
    expect(await diagram()).toEqual({ code: 0, stdout: await svg(drawn('lan')), stderr: '' })
    expect(await run(['diagram', '--topology', threeZones, '--format', 'mermaid'])).toEqual({
      code: 0,
      stdout: mermaid(drawn(threeZones)),
      stderr: '',
    })
  })

  it('colours it by a report, and goes by the version of that', async () => {
    const file = written(reportOf('lan', verdicts, { kscVersion: '13.1' }))
    const { stdout, code } = await diagram('--report', file)
    expect(code).toBe(0)
    expect(stdout).toContain('>filtered (agent-1)</text>')
    expect(stdout).toContain('KSC 13.1')
  })

  it.each([
    ['another topology', reportOf('hierarchy', verdicts), 'a report of topology "hierarchy", not of "lan"'],
    ['another version', reportOf('lan', verdicts, { kscVersion: '9' }), 'kscVersion "9" is not known'],
    [
      'a word unheard of',
      reportOf('lan', new Map([['1@x', 'lost' as 'silent']])),
      'results.0: no id or no known verdict',
    ],
    ['results that are none', reportOf('lan', verdicts, { results: [null] }), 'results.0: no id or no known verdict'],
    ['another schema', '{"schema":"x"}', 'not a report of ksc-lab'],
    ['nothing', 'null', 'not a report of ksc-lab'],
    ['the pretty report', 'lan, KSC 14.2\nok 4', 'not JSON'],
  ])('refuses a report of %s', async (_what, content, sentence) => {
    const file = written(content)
    const { code, stdout, stderr } = await diagram('--report', file)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^ksc-lab: .+\n$/)
    expect(stderr).toContain(`${file}: ${sentence}`)
  })

  it('refuses a report that is not there, and one of another version than asked for', async () => {
    const missing = await diagram('--report', join(folder.path, 'none.json'))
    expect(missing).toMatchObject({ code: 2, stdout: '' })
    expect(missing.stderr).toContain('none.json: cannot be read (ENOENT); a report is expected')
    const other = await diagram('--report', written(reportOf('lan', verdicts)), '--ksc-version', '15.1')
    expect(other).toMatchObject({ code: 2, stdout: '' })
    expect(other.stderr).toContain('a report of KSC 14.2, not of 15.1')
  })
})
