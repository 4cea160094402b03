/** Matchers for vitest: `import 'ksc-lab/vitest'`, then `expect(report).toDeliver('14')`, `expect(report).toReport('14', 'tls-intercepted')`. */
import { expect } from 'vitest'
import type { VerdictWord } from '../shared/verdict/words.ts'
import type { Report, Result } from './report.ts'

interface KscLabMatchers<R = unknown> {
  /** Every instance of the arrow was delivered. An id of one instance (`4@agent-1>klserver:13000`) may be given instead. */
  toDeliver(flow: string): R
  /** Every instance of the arrow got this verdict. */
  toReport(flow: string, verdict: VerdictWord): R
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: vitest declares it so
  interface Matchers<T = any> extends KscLabMatchers<T> {}
}

expect.extend({
  toDeliver: (report: Report, flow: string) => compare(report, flow, 'delivered'),
  toReport: (report: Report, flow: string, verdict: VerdictWord) => compare(report, flow, verdict),
})

function compare(report: Report, flow: string, wanted: VerdictWord) {
  const results = report.results.filter(result => result.flow === flow || result.id === flow)
  const others = results.filter(({ verdict }) => verdict !== wanted)
  return {
    pass: results.length > 0 && others.length === 0,
    message: () =>
      results.length === 0
        ? `the report has no arrow ${flow}; it has ${[...new Set(report.results.map(result => result.flow))].join(', ')}`
        : `arrow ${flow}: ${wanted} was expected\n${others.map(describe).join('\n') || `every instance is ${wanted}`}`,
  }
}

const describe = ({ id, verdict, explanation, advice }: Result) =>
  `  ${id}: ${verdict}. ${explanation}${advice === '' ? '' : `\n    ${advice}`}`
