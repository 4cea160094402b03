import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { formats } from '../../lab/formats/index.ts'
import type { Report, Result } from '../../lab/report.ts'
import { report, result } from './kit.ts'

const delivered = result({ id: '9a@admin-pc>web-console:8080', flow: '9a', title: 'Browser to Web Console Server' })
const refused = result({
  id: '4@agent-1>klserver:13000',
  verdict: 'refused',
  asExpected: false,
  explanation: 'agent-1 asked <klserver> & "nobody" listens there # now \\ ever.',
  advice: 'start it: systemctl start kladminserver',
})
const lost = result({
  id: '6@admin-pc>klserver:13291',
  verdict: 'error',
  asExpected: false,
  explanation: 'bell \u0007',
})
const skipped = result({
  id: '1@klserver>dbms',
  flow: '1',
  port: null,
  verdict: 'skipped',
  explanation: 'not exercised: embedded store, no network',
})

const plain = { color: false, width: 120 }
const written = (format: keyof typeof formats, results: Result[], look = plain): string =>
  formats[format](report(results), look)

describe('pretty', () => {
  it('has one line an arrow, in columns, and the sum', () => {
    const lines = written('pretty', [skipped, delivered]).split('\n')
    expect(lines).toEqual([
      'lan, KSC 14.2, in process',
      '',
      '-   1   klserver -> dbms         -             skipped               embedded store, no network',
      'ok  9a  admin-pc -> web-console  8080/tcp TLS  delivered      12 ms  Browser to Web Console Server',
      '',
      'all as expected: 1 delivered, 1 skipped, in 1.2 s',
      '',
    ])
  })

  it('says under the table what is not as expected, and how to mend it, within the width', () => {
    const text = written('pretty', [refused, delivered], { color: false, width: 60 })
    expect(text).toContain('XX  4   agent-1 -> klserver')
    expect(text).toContain('\n4@agent-1>klserver:13000  refused  ')
    expect(text).toContain('\n  To mend it: start it: systemctl start kladminserver\n')
    expect(text).toContain('1 of 2 not as expected, in 1.2 s')
    for (const line of text.split('\n').filter(each => each.startsWith('  ')))
      expect(line.length).toBeLessThanOrEqual(60)
  })

  it('tells findings beside a delivery', () => {
    const noticed = { ...delivered, findings: [{ kind: 'tls-reoriginated', detail: 'by a box' } as const] }
    expect(written('pretty', [noticed])).toContain(
      'Noticed\n  9a@admin-pc>web-console:8080  tls-reoriginated: by a box',
    )
  })

  it('tells a finding of more than three rows once, with the arrows that have it', () => {
    const seen = (flow: string, n: number) =>
      result({
        id: `${flow}@roamer-${n}>klserver:1`,
        flow,
        findings: [{ kind: 'source-translated', detail: `seen ${n}` }],
      })
    const three = [seen('4', 1), seen('4', 2), seen('16', 1)]
    expect(written('pretty', three).match(/source-translated/g)).toHaveLength(3)
    expect(written('pretty', [...three, seen('16', 2)])).toContain(
      'Noticed\n  4@roamer-1>klserver:1  source-translated: seen 1\n  and 3 rows more, of arrows 4, 16: each in --format json\n\nall',
    )
  })

  it('has colour where it is asked for, and no other difference', () => {
    const color = written('pretty', [refused, delivered], { color: true, width: 120 })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
    const bare = color.replace(/\u001b\[\d+m/g, '')
    expect(color).not.toBe(bare)
    expect(bare).toBe(written('pretty', [refused, delivered]))
  })
})

describe('json', () => {
  it('is the report', () => {
    expect(JSON.parse(written('json', [refused])) as Report).toEqual(report([refused]))
  })
})

describe('junit', () => {
  it('counts failures and errors apart, and escapes what XML has no place for', () => {
    const xml = written('junit', [delivered, refused, lost, skipped])
    expect(xml).toContain('tests="4" failures="1" errors="1" skipped="1" time="1.234"')
    expect(xml).toContain('name="4@agent-1&gt;klserver:13000 ')
    expect(xml).toContain('<failure type="refused" message="expected delivered, got refused">')
    expect(xml).toContain('agent-1 asked &lt;klserver&gt; &amp; &quot;nobody&quot; listens there')
    expect(xml).toContain('<skipped message="not exercised: embedded store, no network"/>')
    expect(xml).toContain('bell \ufffd')
    expect(xml).not.toContain('\u0007')
  })
})

describe('tap', () => {
  it('is TAP 14 with a YAML block under what failed', () => {
    const lines = written('tap', [delivered, refused, skipped]).split('\n')
    expect(lines.slice(0, 4)).toEqual([
      'TAP version 14',
      '1..3',
      'ok 1 - 9a@admin-pc>web-console:8080 Browser to Web Console Server',
      'not ok 2 - 4@agent-1>klserver:13000 Agents and secondary Servers to Server',
    ])
    const block = lines.slice(lines.indexOf('  ---') + 1, lines.indexOf('  ...'))
    expect(parse(block.join('\n'))).toEqual({
      expected: 'delivered',
      verdict: 'refused',
      explanation: refused.explanation,
      advice: refused.advice,
    })
    expect(lines.at(-2)).toBe(
      'ok 3 - 1@klserver>dbms Agents and secondary Servers to Server # SKIP not exercised: embedded store, no network',
    )
  })

  it('escapes what would be a directive', () => {
    expect(written('tap', [result({ title: 'arrow # TODO' })])).toContain('arrow \\# TODO')
  })
})
