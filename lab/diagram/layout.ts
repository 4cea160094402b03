/** Where everything stands: ELK does it, with a partition for each zone so that zones become bands. */
import type { ElkExtendedEdge, ElkNode, ElkPoint } from 'elkjs/lib/elk.bundled.js'
import type { Zone } from '../../shared/config/zones.ts'
import { withBands } from './bands.ts'
import type { Box } from './boxes.ts'
import { clutter } from './clutter.ts'
import { type Arrow, type Diagram, type Line, runsOf } from './model.ts'
import { textWidth } from './text-width.ts'

export const NAME = 16
export const RUNS = 13
export const LABEL = 14
export const LABEL_LINE = 18
export const RUNS_LINE = 18
const BOLD = 1.08

export interface Rect {
  x: number
  y: number
  width: number
  height: number
}

export interface Layout {
  width: number
  height: number
  boxes: { box: Box; at: Rect }[]
  /** Points from who opens to who answers. */
  arrows: { arrow: Arrow; points: ElkPoint[]; label: Rect }[]
  bands: { zone: Zone; at: Rect }[]
}

const options = {
  'elk.algorithm': 'layered',
  'elk.direction': 'UP',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.partitioning.activate': 'true',
  // Also a host without arrows stands in the band of its zone.
  'elk.separateConnectedComponents': 'false',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '20',
  'elk.spacing.edgeEdge': '16',
  'elk.spacing.edgeLabel': '4',
  'elk.spacing.labelNode': '10',
  'elk.spacing.nodeSelfLoop': '22',
  'elk.layered.spacing.nodeNodeBetweenLayers': '30',
  'elk.layered.spacing.edgeNodeBetweenLayers': '18',
  'elk.padding': '[left=4,top=12,right=28,bottom=12]',
  'elk.layered.thoroughness': '60',
}

const tries = (placements: readonly string[], seeds: number) =>
  placements.flatMap(placement =>
    Array.from({ length: seeds }, (_, seed) => ({
      'elk.layered.nodePlacement.strategy': placement,
      'elk.randomSeed': String(seed + 1),
    })),
  )
/** ELK's heuristics begin at random and none is best for every graph: of several tries the least cluttered is taken. The same ones each time. */
const TRIES = tries(['NETWORK_SIMPLEX', 'BRANDES_KOEPF'], 8)
/** For a picture that would be too wide to be read in a page's column (test/diagram/svg.test.ts). */
const MORE_TRIES = [
  ...tries(['NETWORK_SIMPLEX', 'LINEAR_SEGMENTS'], 24),
  // Narrow by construction, and longer in its lines.
  ...tries(['LINEAR_SEGMENTS'], 24).map(how => ({ ...how, 'elk.layered.layering.strategy': 'COFFMAN_GRAHAM' })),
]
const TOO_WIDE = 1_000

export async function layoutOf(diagram: Diagram): Promise<Layout> {
  // 1.6 MB, and only this command has a use for it.
  const { default: elk } = await import('elkjs/lib/elk.bundled.js')
  const engine = new elk.default()
  const least = async (all: readonly object[]): Promise<Layout> => {
    const tried: Layout[] = []
    for (const how of all) {
      const graph: ElkNode = {
        id: 'root',
        layoutOptions: { ...options, ...how },
        children: diagram.boxes.map(box => nodeOf(box, diagram)),
        edges: diagram.arrows.map(arrow => edgeOf(arrow, diagram)),
      }
      tried.push(read(await engine.layout(graph), diagram))
    }
    return tried.reduce((best, other) => (clutter(other) < clutter(best) ? other : best))
  }
  const first = await least(TRIES)
  const second = first.width > TOO_WIDE ? await least(MORE_TRIES) : first
  return withBands(clutter(second) < clutter(first) ? second : first, diagram.zones)
}

function read(laid: ElkNode, diagram: Diagram): Layout {
  const boxes = diagram.boxes.map(box => ({ box, at: rect(laid.children?.find(({ id }) => id === box.id)) }))
  const arrows = diagram.arrows.map(arrow =>
    placed(
      arrow,
      laid.edges?.find(({ id }) => id === arrow.id),
      diagram,
    ),
  )
  return { width: Math.ceil(laid.width ?? 0), height: Math.ceil(laid.height ?? 0), boxes, arrows, bands: [] }
}

/** What a label says, from top to bottom: the verdict below its flow, which keeps the picture narrow. */
export const rowsOf = (lines: readonly Line[]): { text: string; strong: boolean; failed: boolean }[] =>
  lines.flatMap(({ text, word }) => [
    { text, strong: false, failed: word !== null },
    ...(word === null ? [] : [{ text: word, strong: true, failed: true }]),
  ])

const rank = (zone: Zone): number => ['lan', 'dmz', 'internet'].indexOf(zone)

function nodeOf(box: Box, { arrows, zones }: Diagram): ElkNode {
  const runs = runsOf(box)
  const text = Math.max(textWidth(box.label, NAME) * BOLD, ...runs.map(line => textWidth(line, RUNS)))
  const neighbourly = arrows.some(({ from, to }) => from !== to && from.zone === zones[0] && to.zone === zones[0])
  const touching = arrows.filter(({ from, to }) => from !== to && (from === box || to === box)).length
  return {
    id: box.id,
    width: Math.ceil(Math.max(text + 32, 130, touching * 44)),
    height: 44 + runs.length * RUNS_LINE,
    layoutOptions: {
      'elk.partitioning.partition': String(rank(box.zone)),
      // What stands on top stands in one row, unless it calls its like.
      ...(box.zone === zones[0] && !neighbourly ? { 'elk.layered.layering.layerConstraint': 'LAST' } : {}),
    },
  }
}

/** ELK draws from the bottom to the top; an arrow that goes down is given to it the other way round. */
function upward({ from, to, lines }: Arrow, { arrows }: Diagram): boolean {
  if (from.zone !== to.zone) return rank(from.zone) < rank(to.zone)
  if (to.absent) return false
  const back = arrows.find(other => other.from === to && other.to === from)
  return !back || lines.length >= back.lines.length
}

function edgeOf(arrow: Arrow, diagram: Diagram): ElkExtendedEdge {
  const { id, from, to, lines } = arrow
  const ends = upward(arrow, diagram) ? [from, to] : [to, from]
  const rows = rowsOf(lines)
  const width = Math.max(...rows.map(({ text, strong }) => textWidth(text, LABEL) * (strong ? BOLD : 1)))
  return {
    id,
    sources: [ends[0]?.id ?? ''],
    targets: [ends[1]?.id ?? ''],
    labels: [
      {
        text: rows.map(({ text }) => text).join('\n'),
        width: Math.ceil(width) + 12,
        height: rows.length * LABEL_LINE + 6,
        layoutOptions: { 'elk.edgeLabels.inline': String(from !== to), 'elk.edgeLabels.placement': 'CENTER' },
      },
    ],
  }
}

function placed(arrow: Arrow, edge: ElkExtendedEdge | undefined, diagram: Diagram): Layout['arrows'][number] {
  const points = (edge?.sections ?? [])
    .flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint])
    .map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) }))
  return {
    arrow,
    points: upward(arrow, diagram) ? points : points.reverse(),
    label: rect(edge?.labels?.[0]),
  }
}

const rect = (shape: Partial<Rect> = {}): Rect => ({
  x: Math.round(shape.x ?? 0),
  y: Math.round(shape.y ?? 0),
  width: Math.round(shape.width ?? 0),
  height: Math.round(shape.height ?? 0),
})
