import { styleText } from 'node:util'
import type { Report, Result } from '../report.ts'

type Style = Parameters<typeof styleText>[0]

export interface Look {
  /** Colour, on a terminal only. */
  color: boolean
  /** Columns. */
  width: number
}

const paint = ({ color }: Look, style: Style, text: string): string =>
  color ? styleText(style, text, { validateStream: false }) : text

/** The matrix: one line an arrow, then a paragraph for each that is not as expected, then the sum. */
export function pretty(report: Report, look: Look): string {
  const { results, topology, kscVersion, mode, durationMs, summary } = report
  const head = `${topology}, KSC ${kscVersion}, ${mode === 'compose' ? 'in containers' : 'in process'}`
  // What was to be blocked and is blocked is a number in the sum.
  const shown = results.filter(({ expected, asExpected }) => expected === 'delivered' || !asExpected)
  const columns = widths(shown)
  const lines = shown.map(result => row(result, columns, look))
  const troubles = results.filter(({ asExpected }) => !asExpected).map(result => trouble(result, look))
  const notes = noticed(results)
  return [
    paint(look, 'bold', head),
    '',
    ...lines,
    ...(notes.length > 0 ? ['', paint(look, 'bold', 'Noticed'), ...notes] : []),
    ...troubles.flatMap(text => ['', text]),
    '',
    sum(results, summary, durationMs, look),
    '',
  ].join('\n')
}

interface Columns {
  flow: number
  route: number
  port: number
}

const route = ({ initiator, via, responder }: Result) => [initiator, ...via, responder].join(' -> ')
const port = ({ port: number, transport, tls }: Result) =>
  number === null ? (transport === 'local' ? 'local' : '-') : `${number}/${transport}${tls ? ' TLS' : ''}`

const widths = (results: readonly Result[]): Columns => ({
  flow: Math.max(...results.map(({ flow }) => flow.length)),
  route: Math.max(...results.map(result => route(result).length)),
  port: Math.max(...results.map(result => port(result).length)),
})

/** One line an arrow. */
function row(result: Result, columns: Columns, look: Look): string {
  const { verdict, asExpected, durationMs, flow, title } = result
  const [mark, style]: [string, Style] =
    verdict === 'skipped' ? ['-', 'dim'] : asExpected ? ['ok', 'green'] : ['XX', 'red']
  const left = `${mark.padEnd(2)}  ${flow.padEnd(columns.flow)}  ${route(result).padEnd(columns.route)}  ${port(result).padEnd(columns.port)}`
  const time = verdict === 'skipped' ? '' : `${Math.round(durationMs)} ms`
  const middle = `${left}  ${verdict.padEnd(11)} ${time.padStart(8)}`
  const space = look.width - middle.length - 2
  const held = result.idle && verdict === 'delivered' ? `held ${result.idle.seconds} s: ` : ''
  const caption = verdict === 'skipped' ? result.explanation.replace('not exercised: ', '') : `${held}${title}`
  const shown = space < 12 ? '' : `  ${caption.length > space ? `${caption.slice(0, space - 1)}\u2026` : caption}`
  return `${paint(look, style, middle)}${paint(look, 'dim', shown)}`
}

function trouble({ id, title, verdict, explanation, advice }: Result, look: Look): string {
  const head = `${paint(look, ['bold', 'red'], `${id}  ${verdict}`)}  ${title}`
  const what = wrap(explanation, look.width - 2, '  ')
  return advice === '' ? `${head}\n${what}` : `${head}\n${what}\n${wrap(`To mend it: ${advice}`, look.width - 2, '  ')}`
}

/** Rows of one finding that are told one by one; a reverse proxy translates the source of all that passes it. */
const ONE_BY_ONE = 3

function noticed(results: readonly Result[]): string[] {
  const all = results.flatMap(({ id, flow, findings }) => findings.map(finding => ({ id, flow, ...finding })))
  return Object.values(Object.groupBy(all, ({ kind }) => kind)).flatMap(alike => {
    const told = alike.length > ONE_BY_ONE ? alike.slice(0, 1) : alike
    const lines = told.map(({ id, kind, detail }) => `  ${id}  ${kind}: ${detail}`)
    const flows = [...new Set(alike.map(({ flow }) => flow))].join(', ')
    const rest = alike.length - told.length
    return rest === 0 ? lines : [...lines, `  and ${rest} rows more, of arrows ${flows}: each in --format json`]
  })
}

function sum(
  results: readonly Result[],
  { total, unexpected, skipped }: Report['summary'],
  durationMs: number,
  look: Look,
): string {
  const probes = results.filter(({ expected }) => expected === 'blocked')
  const blocked = probes.length === 0 ? '' : `, ${probes.filter(({ asExpected }) => asExpected).length} blocked`
  const seconds = (durationMs / 1_000).toFixed(1)
  const left = skipped === 0 ? '' : `, ${skipped} skipped`
  return unexpected === 0
    ? paint(
        look,
        ['bold', 'green'],
        `all as expected: ${total - skipped - probes.length} delivered${blocked}${left}, in ${seconds} s`,
      )
    : paint(look, ['bold', 'red'], `${unexpected} of ${total} not as expected${blocked}${left}, in ${seconds} s`)
}

function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map(part => indent + part).join('\n')
}
