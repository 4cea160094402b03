/** The zones as bands from side to side, with whatever stays within a zone inside its band. Pure. */
import type { Zone } from '../../shared/config/zones.ts'
import type { Layout, Rect } from './layout.ts'

const PADDING = 20
/** Between two bands stands a firewall: there is always room to see it. */
const GAP = 30

/** @param zones from top to bottom */
export function withBands(layout: Layout, zones: readonly Zone[]): Layout {
  const [first, ...rest] = zones
  if (!first) return layout
  let spread = layout
  let bottom = extent(spread, first).bottom
  for (const zone of rest) {
    const { top } = extent(spread, zone)
    const missing = bottom + GAP - top
    if (missing > 0) spread = lowered(spread, (top + bottom) / 2, missing)
    bottom = extent(spread, zone).bottom
  }
  const bands = zones.map(zone => {
    const { top, bottom } = extent(spread, zone)
    return { zone, at: { x: 0, y: top, width: spread.width, height: bottom - top } }
  })
  return { ...spread, bands }
}

function extent({ boxes, arrows }: Layout, zone: Zone): { top: number; bottom: number } {
  const within = arrows.filter(({ arrow: { from, to } }) => from.zone === zone && to.zone === zone)
  const inside: { y: number; height: number }[] = [
    ...boxes.filter(({ box }) => box.zone === zone).map(({ at }) => at),
    ...within.map(({ label }) => label),
    ...within.flatMap(({ points }) => points.map(({ y }) => ({ y, height: 0 }))),
  ]
  return {
    top: Math.min(...inside.map(({ y }) => y)) - PADDING,
    bottom: Math.max(...inside.map(({ y, height }) => y + height)) + PADDING,
  }
}

/** Moves down what stands below a level; lines that pass it grow. */
function lowered(layout: Layout, level: number, by: number): Layout {
  const down = (y: number) => (y > level ? y + by : y)
  const moved = (at: Rect): Rect => ({ ...at, y: down(at.y + at.height / 2) - at.height / 2 })
  return {
    ...layout,
    height: layout.height + by,
    boxes: layout.boxes.map(({ box, at }) => ({ box, at: moved(at) })),
    arrows: layout.arrows.map(({ arrow, points, label }) => ({
      arrow,
      points: points.map(({ x, y }) => ({ x, y: down(y) })),
      label: moved(label),
    })),
  }
}
