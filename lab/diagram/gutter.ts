import type { Layout } from './layout.ts'
import { textWidth } from './text-width.ts'

/** Of a band's top, in which the name of its zone stands. */
const NAME_HEIGHT = 42
const INDENT = 16
const APART = 12
/** Of a line from the edge of its band. */
const EDGE = 12

/** How far everything has to stand to the right, so that nothing stands where the name of a zone does, nor on the edge of a band. Pure. */
export function gutterOf({ bands, boxes, arrows }: Layout): number {
  const lines = arrows.flatMap(({ points }) =>
    points.slice(1).map((to, index) => {
      const from = points[index] ?? to
      return { x: Math.min(from.x, to.x), top: Math.min(from.y, to.y), bottom: Math.max(from.y, to.y) }
    }),
  )
  const rects = [...boxes.map(({ at }) => at), ...arrows.map(({ label }) => label)]
  const all = [...lines, ...rects.map(({ x, y, height }) => ({ x, top: y, bottom: y + height }))]
  const edge = all.map(({ x }) => EDGE - x)
  const needs = bands.flatMap(({ zone, at }) => {
    const right = INDENT + textWidth(zone, 16) * 1.08 + APART
    return all.filter(({ top, bottom }) => bottom > at.y && top < at.y + NAME_HEIGHT).map(({ x }) => right - x)
  })
  return Math.ceil(Math.max(0, ...edge, ...needs))
}
