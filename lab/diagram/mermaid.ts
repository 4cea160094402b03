import type { Box } from './boxes.ts'
import { colours } from './colours.ts'
import { type Arrow, type Diagram, runsOf } from './model.ts'

/** For a page that draws Mermaid itself, as GitHub does with a fenced block. Where things stand is Mermaid's choice. */
export function mermaid(diagram: Diagram): string {
  const ids = new Map(diagram.boxes.map((box, index) => [box, `host${index + 1}`]))
  const zones = diagram.zones
    .toReversed()
    .flatMap(zone => [
      `  subgraph zone-${zone}["${zone}"]`,
      ...diagram.boxes.filter(box => box.zone === zone).map(box => `    ${ids.get(box)}${node(box, diagram)}`),
      '  end',
    ])
  const between = diagram.arrows.filter(({ from, to }) => from !== to)
  return [
    '---',
    `title: ${JSON.stringify(diagram.title)}`,
    '---',
    'flowchart BT',
    ...zones,
    ...between.map(arrow => `  ${ids.get(arrow.from)} -->|"${caption(arrow)}"| ${ids.get(arrow.to)}`),
    ...(diagram.reported ? styles(between) : []),
    '  classDef absent stroke-dasharray: 5 4',
    `  classDef failed stroke:${colours.failed},stroke-width:2px`,
    ...diagram.legend.map(({ id, title }) => `%% ${id}  ${title}`),
    '',
  ].join('\n')
}

/** Arrows from a box to itself stand in it: Mermaid lays their labels over those of other arrows. */
function node(box: Box, { arrows }: Diagram): string {
  const own = arrows.filter(({ from, to }) => from === box && to === box)
  const rows = [`<b>${escaped(box.label)}</b>`, ...runsOf(box).map(escaped), ...own.map(arrow => `↻ ${caption(arrow)}`)]
  const failed = own.some(({ outcome }) => outcome === 'failed')
  return `["${rows.join('<br>')}"]${box.absent ? ':::absent' : failed ? ':::failed' : ''}`
}

const caption = ({ lines }: Arrow): string =>
  lines.map(({ text, word }) => escaped([text, word].filter(Boolean).join(' '))).join('<br>')

const styles = (arrows: readonly Arrow[]): string[] =>
  [...Map.groupBy(arrows.entries(), ([, { outcome }]) => outcome)].map(
    ([outcome, same]) =>
      `  linkStyle ${same.map(([index]) => index).join(',')} stroke:${colours[outcome]},color:${colours[outcome]}`,
  )

/** Mermaid's own entities. */
const escaped = (text: string): string => text.replace(/[#"<>&;]/g, char => `#${char.codePointAt(0)};`)
