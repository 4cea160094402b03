import { colours, paper } from './colours.ts'
import { gutterOf } from './gutter.ts'
import { LABEL, LABEL_LINE, layoutOf, NAME, type Rect, RUNS, RUNS_LINE, rowsOf } from './layout.ts'
import { legend } from './legend.ts'
import type { Arrow, Diagram } from './model.ts'
import { runsOf } from './model.ts'
import { path } from './path.ts'
import { textWidth } from './text-width.ts'
import { escaped, text } from './xml.ts'

const MARGIN = 24
const HEAD = 74
const TITLE = 20

/** Brings its own background and fonts of the system: the same on a light page and on a dark one. */
export async function svg(diagram: Diagram): Promise<string> {
  const layout = await layoutOf(diagram)
  const gutter = gutterOf(layout)
  const top = layout.bands[0]?.at.y ?? 0
  const bottom = Math.max(top, ...layout.bands.map(({ at }) => at.y + at.height))
  const width = Math.ceil(Math.max(layout.width + gutter, 680, textWidth(diagram.title, TITLE) * 1.08)) + 2 * MARGIN
  const listed = legend(diagram, { x: MARGIN, y: HEAD + bottom - top + 34, width: width - 2 * MARGIN })
  const height = listed.bottom + MARGIN
  const name = `${diagram.title}: who opens a connection to whom`
  const side = Math.floor((width - layout.width - gutter - 2 * MARGIN) / 2)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title" font-family="system-ui, -apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif" fill="${paper.ink}">
<title id="title">${escaped(name)}</title>
<rect width="${width}" height="${height}" rx="12" fill="${paper.background}" stroke="${paper.border}"/>
${text(diagram.title, { x: MARGIN, y: 38, 'font-size': TITLE, 'font-weight': 600 })}
${text(subtitle(diagram), { x: MARGIN, y: 60, 'font-size': 14, fill: paper.quiet })}
<g transform="translate(${MARGIN} ${HEAD - top})">
${layout.bands.map(({ zone, at }) => band(zone, { ...at, width: width - 2 * MARGIN })).join('\n')}
</g>
<g transform="translate(${MARGIN + gutter + side} ${HEAD - top})">
${layout.boxes.map(({ box, at }) => host(box.label, runsOf(box), at, box.absent)).join('\n')}
${layout.arrows.map(({ arrow, points }) => path(points, colours[arrow.outcome])).join('\n')}
${layout.arrows.map(({ arrow, label }) => caption(arrow, label)).join('\n')}
</g>
${listed.svg}
</svg>
`
}

const subtitle = ({ version }: Diagram) => `KSC ${version} · arrows start at the side that opens`

const band = (zone: string, { x, y, width, height }: Rect) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10" fill="${paper.bands[zone as 'lan']}"/>
${text(zone, { x: x + 16, y: y + 30, 'font-size': 16, 'font-weight': 600, fill: paper.quiet })}`

function host(label: string, runs: readonly string[], { x, y, width, height }: Rect, absent: boolean): string {
  const middle = { x: x + width / 2, 'text-anchor': 'middle' }
  const lines = runs.map((line, index) =>
    text(line, { ...middle, y: y + 46 + index * RUNS_LINE, 'font-size': RUNS, fill: paper.quiet }),
  )
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="${absent ? 'none' : paper.background}" stroke="${absent ? paper.quiet : paper.ink}" stroke-width="1.5"${absent ? ' stroke-dasharray="5 4"' : ''}/>
${text(label, { ...middle, y: y + 26, 'font-size': NAME, 'font-weight': 600, ...(absent ? { fill: paper.quiet } : {}) })}
${lines.join('\n')}`
}

function caption({ lines, outcome }: Arrow, { x, y, width, height }: Rect): string {
  const written = rowsOf(lines).map(({ text: row, strong, failed }, index) =>
    text(row, {
      x: x + width / 2,
      y: y + 16.5 + index * LABEL_LINE,
      'font-size': LABEL,
      'text-anchor': 'middle',
      // Beside one that failed, the others are neither: they were delivered, or not exercised.
      fill: outcome === 'failed' && !failed ? paper.ink : colours[outcome],
      ...(strong ? { 'font-weight': 700 } : {}),
    }),
  )
  const pill = `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="${paper.background}"/>`
  return [pill, ...written].join('\n')
}
