import { stringify } from 'yaml'
import type { Report, Result } from '../report.ts'

/** TAP version 14, with a YAML block under what was not expected. */
export function tap({ results }: Report): string {
  const lines = results.map((result, index) => line(result, index + 1))
  return ['TAP version 14', `1..${results.length}`, ...lines, ''].join('\n')
}

function line(result: Result, number: number): string {
  const { id, title, verdict, asExpected, expected, explanation, advice } = result
  const name = `${id} ${title}`.replaceAll('\\', '\\\\').replaceAll('#', '\\#')
  if (verdict === 'skipped') return `ok ${number} - ${name} # SKIP ${explanation.replaceAll('\n', ' ')}`
  if (asExpected) return `ok ${number} - ${name}`
  const block = stringify({ expected, verdict, explanation, advice }, { lineWidth: 0 }).trimEnd()
  return [`not ok ${number} - ${name}`, '  ---', ...block.split('\n').map(text => `  ${text}`), '  ...'].join('\n')
}
