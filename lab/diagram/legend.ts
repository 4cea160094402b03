import { colours, paper } from './colours.ts'
import type { Diagram } from './model.ts'
import { textWidth } from './text-width.ts'
import { text } from './xml.ts'

const SIZE = 13
const LINE = 22

/** The titles of the numbers, in as many columns as find room; what the colours mean below. */
export function legend(
  { legend: entries, reported }: Diagram,
  { x, y, width }: { x: number; y: number; width: number },
): { svg: string; bottom: number } {
  const numbers = Math.max(0, ...entries.map(({ id }) => textWidth(id, SIZE))) * 1.1 + 14
  const widest = numbers + Math.max(0, ...entries.map(({ title }) => textWidth(title, SIZE))) + 20
  const columns = Math.max(1, Math.min(3, Math.floor(width / widest)))
  const rows = Math.ceil(entries.length / columns)
  const written = entries.map(({ id, title }, index) => {
    const at = { x: x + Math.floor(index / rows) * (width / columns), y: y + (index % rows) * LINE, 'font-size': SIZE }
    return text(id, { ...at, 'font-weight': 600 }) + text(title, { ...at, x: at.x + numbers, fill: paper.quiet })
  })
  const last = y + (rows - 1) * LINE
  return reported
    ? { svg: [...written, key(x, last + LINE + 10)].join('\n'), bottom: last + LINE + 10 }
    : { svg: written.join('\n'), bottom: last }
}

function key(x: number, y: number): string {
  const meanings = [
    [colours.delivered, 'delivered'],
    [colours.failed, 'not delivered, and the verdict'],
    [colours.skipped, 'skipped, or not exercised'],
  ] as const
  let left = x
  return meanings
    .map(([colour, meaning]) => {
      const start = left
      left += 36 + textWidth(meaning, SIZE) + 24
      return `<path d="M${start} ${y - 4.5}h26" stroke="${colour}" stroke-width="3"/>${text(meaning, { x: start + 34, y, 'font-size': SIZE, fill: paper.quiet })}`
    })
    .join('\n')
}
