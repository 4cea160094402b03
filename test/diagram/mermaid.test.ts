import { describe, expect, it } from 'vitest'
import { mermaid } from '../../lab/diagram/mermaid.ts'
import { loadTopology } from '../../lab/topologies.ts'
import { drawn, verdictsOf } from './kit.ts'

const lan = loadTopology('lan')

describe('Mermaid', () => {
  it('has a subgraph for each zone and an arrow for each pair', () => {
    const text = mermaid(drawn(lan))
    expect(text).toContain('flowchart BT\n  subgraph zone-lan["lan"]\n')
    expect(text).toContain('  subgraph zone-internet["internet"]\n')
    expect(text).toContain('-->|"8 · 443"|')
    expect(text).not.toContain('linkStyle')
  })

  it('colours arrows by a report, each of them once', () => {
    const diagram = drawn(lan, verdictsOf(lan, { '8@': 'filtered', '1@': 'skipped' }))
    const text = mermaid(diagram)
    expect(text).toContain('"8 · 443 filtered"')
    const between = diagram.arrows.filter(({ from, to }) => from !== to)
    const numbers = [...text.matchAll(/linkStyle ([\d,]+) stroke:#/g)].flatMap(([, list]) => list?.split(',') ?? [])
    expect(numbers.map(Number).sort((one, other) => one - other)).toEqual(between.map((_, index) => index))
  })

  it('has what a box does with itself in the box', () => {
    const text = mermaid(drawn(lan, verdictsOf(lan, { '2-bcast@agent-1': 'silent' })))
    expect(text).toContain('↻ 2-bcast · 15000/udp silent (agent-1)<br>7 · local"]:::failed\n')
  })

  it('cannot be broken by a title', () => {
    expect(mermaid(drawn({ ...lan, title: 'a: "b"\n---\nend' }))).toMatch(
      /^---\ntitle: "a: \\"b\\"\\n---\\nend"\n---\n/,
    )
  })
})
