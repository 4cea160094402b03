import type { ElkPoint } from 'elkjs/lib/elk.bundled.js'

const ROUND = 7
const HEAD = { length: 10, half: 4.5 }

/** A line with rounded corners and its head at the last point. Heads are drawn and not `marker`s: those cannot take the line's colour everywhere. */
export function path(points: readonly ElkPoint[], colour: string): string {
  const end = points.at(-1)
  const before = points.at(-2)
  if (!end || !before) return ''
  const [dx, dy] = direction(before, end)
  const neck = { x: end.x - dx * HEAD.length, y: end.y - dy * HEAD.length }
  const line = [...points.slice(0, -1), neck]
  const corners = line
    .slice(1, -1)
    .map((corner, index) => rounded(line[index] as ElkPoint, corner, line[index + 2] as ElkPoint))
  const [start] = line as [ElkPoint]
  const sides = [1, -1].map(side => `${neck.x - dy * HEAD.half * side} ${neck.y + dx * HEAD.half * side}`)
  return `<path d="M${start.x} ${start.y}${corners.join('')}L${neck.x} ${neck.y}" fill="none" stroke="${colour}" stroke-width="1.75"/>
<path d="M${end.x} ${end.y}L${sides.join('L')}Z" fill="${colour}"/>`
}

function rounded(before: ElkPoint, corner: ElkPoint, after: ElkPoint): string {
  const radius = Math.min(ROUND, distance(before, corner) / 2, distance(corner, after) / 2)
  const near = (to: ElkPoint) => {
    const [dx, dy] = direction(corner, to)
    return `${corner.x + dx * radius} ${corner.y + dy * radius}`
  }
  return `L${near(before)}Q${corner.x} ${corner.y} ${near(after)}`
}

const distance = (one: ElkPoint, other: ElkPoint) => Math.hypot(other.x - one.x, other.y - one.y)
const direction = (from: ElkPoint, to: ElkPoint): [number, number] => {
  const long = distance(from, to) || 1
  return [(to.x - from.x) / long, (to.y - from.y) / long]
}
