import type { ElkPoint } from 'elkjs/lib/elk.bundled.js'
import type { Layout } from './layout.ts'

const CROSSING = 150
const BEND = 30
/** Beyond this the text becomes too small in a page's column. */
const WIDEST = 820

/** How much a picture asks of the eye: lengths, bends and crossings of its lines, and width. Smaller is better. */
export function clutter({ arrows, width }: Pick<Layout, 'arrows' | 'width'>): number {
  const segments = arrows.flatMap(({ points }, line) =>
    points.slice(1).map((to, index) => ({ line, from: points[index] as ElkPoint, to })),
  )
  const lengths = segments.reduce((sum, { from, to }) => sum + Math.abs(to.x - from.x) + Math.abs(to.y - from.y), 0)
  const crossings = segments.flatMap((one, index) =>
    segments.slice(index + 1).filter(other => other.line !== one.line && crosses(one, other)),
  ).length
  return lengths + segments.length * BEND + crossings * CROSSING + Math.max(0, width - WIDEST) * 20
}

interface Segment {
  from: ElkPoint
  to: ElkPoint
}

/** Lines are level or upright: two of them cross where one is the one and the other the other. */
function crosses(one: Segment, other: Segment): boolean {
  const [level, upright] = one.from.y === one.to.y ? [one, other] : [other, one]
  const between = (value: number, a: number, b: number) => value > Math.min(a, b) && value < Math.max(a, b)
  return between(upright.from.x, level.from.x, level.to.x) && between(level.from.y, upright.from.y, upright.to.y)
}
