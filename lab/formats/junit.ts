import type { Report, Result } from '../report.ts'

/** JUnit XML as CI systems read it: one suite a topology, one case an arrow. */
export function junit(report: Report): string {
  const { total, unexpected, skipped } = report.summary
  const errors = report.results.filter(({ verdict }) => verdict === 'error').length
  const counts = `tests="${total}" failures="${unexpected - errors}" errors="${errors}" skipped="${skipped}" time="${report.durationMs / 1_000}"`
  const cases = report.results.map(result => testCase(report, result)).join('\n')
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="ksc-lab" ${counts}>
  <testsuite name="${escapeXml(report.topology)}" ${counts} timestamp="${report.startedAt}">
${cases}
  </testsuite>
</testsuites>
`
}

function testCase({ topology }: Report, result: Result): string {
  const head = `    <testcase classname="ksc-lab.${escapeXml(topology)}" name="${escapeXml(`${result.id} ${result.title}`)}" time="${result.durationMs / 1_000}"`
  const inner = outcome(result)
  return inner === '' ? `${head}/>` : `${head}>\n${inner}\n    </testcase>`
}

function outcome({ verdict, asExpected, expected, explanation, advice, idle }: Result): string {
  if (verdict === 'skipped') return `      <skipped message="${escapeXml(explanation)}"/>`
  if (asExpected) return idle ? `      <system-out>held ${idle.seconds} s without a byte</system-out>` : ''
  const kind = verdict === 'error' ? 'error' : 'failure'
  const text = advice === '' ? explanation : `${explanation}\n${advice}`
  return `      <${kind} type="${verdict}" message="${escapeXml(`expected ${expected}, got ${verdict}`)}">${escapeXml(text)}</${kind}>`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
/** XML 1.0 has no place for most control characters, escaped or not. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu
const escapeXml = (text: string): string =>
  text.replace(FORBIDDEN, '\ufffd').replace(/[&<>"]/g, character => ENTITIES[character] ?? character)
