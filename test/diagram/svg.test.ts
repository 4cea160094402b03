import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Layout, layoutOf, type Rect } from '../../lab/diagram/layout.ts'
import { svg } from '../../lab/diagram/svg.ts'
import { loadTopology, topologyNames } from '../../lab/topologies.ts'
import { drawn, threeZones, topologies, verdictsOf } from './kit.ts'

const image = (name: string) => new URL(`../../docs/images/${name}.svg`, import.meta.url)

describe('docs/images', () => {
  it.each(topologyNames())('%s.svg is what the topology says', async name => {
    const now = await svg(drawn(name))
    if (process.env.UPDATE_DOCS) writeFileSync(image(name), now)
    expect(
      readFileSync(image(name), 'utf8') === now,
      `docs/images/${name}.svg is behind the topology: run UPDATE_DOCS=1 npx vitest run test/diagram`,
    ).toBe(true)
  })
})

const meets = (one: Rect, other: Rect): boolean =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height

/** Every pair of things of which one hides a part of the other. */
function hidden({ boxes, arrows }: Layout): string[] {
  const labels = arrows.map(({ arrow, label }) => ({ of: arrow.id, what: `label ${arrow.id}`, at: label }))
  const solid = [...labels, ...boxes.map(({ box, at }) => ({ of: box.id, what: `box ${box.id}`, at }))]
  const lines = arrows.flatMap(({ arrow, points }) =>
    points.slice(1).map((to, index) => {
      const from = points[index] ?? to
      const at = {
        x: Math.min(from.x, to.x),
        y: Math.min(from.y, to.y),
        width: Math.abs(to.x - from.x),
        height: Math.abs(to.y - from.y),
      }
      return { of: arrow.id, what: `line ${arrow.id}`, at }
    }),
  )
  const touching = solid.flatMap((one, index) => solid.slice(index + 1).map(other => [one, other] as const))
  const crossing = lines.flatMap(line => solid.filter(({ of }) => of !== line.of).map(other => [line, other] as const))
  return [...touching, ...crossing]
    .filter(([one, other]) => meets(one.at, other.at))
    .map(([one, other]) => `${one.what} and ${other.what}`)
}

const lan = loadTopology('lan')
const three = loadTopology(threeZones)
const bad = {
  '5@': 'tls-intercepted',
  '16@agent-2': 'refused',
  '2-bcast@agent-1': 'request-lost',
  '9': 'silent',
} as const

describe.each([
  ['lan', drawn(lan)],
  ['lan with verdicts', drawn(lan, verdictsOf(lan, bad))],
  ['three zones', drawn(three)],
  ['three zones with verdicts', drawn(three, verdictsOf(three, bad))],
])('the layout of %s', (_name, diagram) => {
  let layout: Layout
  beforeAll(async () => {
    layout = await layoutOf(diagram)
  })

  it('hides nothing', () => {
    expect(hidden(layout)).toEqual([])
  })

  it('has every host in the band of its zone, and bands one above the other', () => {
    const { boxes, bands } = layout
    for (const { box, at } of boxes) {
      const band = bands.find(({ zone }) => zone === box.zone)?.at
      expect(band && band.y < at.y && at.y + at.height < band.y + band.height, box.id).toBe(true)
    }
    for (const [index, { at }] of bands.slice(1).entries()) {
      const above = bands[index]?.at as Rect
      expect(at.y - above.y - above.height).toBeGreaterThanOrEqual(30)
    }
  })

  it('has each arrow begin at who opens and end at who answers', () => {
    const { boxes, arrows } = layout
    for (const { arrow, points } of arrows)
      for (const [end, point] of [
        [arrow.from, points[0]],
        [arrow.to, points.at(-1)],
      ] as const) {
        const at = boxes.find(({ box }) => box === end)?.at as Rect
        const touched = { x: (point?.x ?? 0) - 1, y: (point?.y ?? 0) - 1, width: 2, height: 2 }
        expect(meets(at, touched), arrow.id).toBe(true)
      }
  })
})

describe('an SVG', () => {
  it('has a title for those who do not see it, and brings everything itself', async () => {
    const picture = await svg(drawn('lan'))
    expect(picture).toContain('role="img" aria-labelledby="title"')
    expect(picture).toContain('<title id="title">Administration Server and managed devices on a LAN: who opens')
    expect(picture.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|href|url\(/)
    expect(picture).not.toMatch(/NaN|undefined|Infinity/)
  })

  // Three Servers with all their arrows take a page of their own.
  it.each(topologies.filter(name => name !== 'hierarchy'))('of %s can be read in 900 pixels', async name => {
    const width = Number(/width="(\d+)"/.exec(await svg(drawn(name)))?.[1])
    expect((13 * 900) / width).toBeGreaterThan(10)
  })

  it('shows a title as it is written', async () => {
    const picture = await svg(drawn({ ...lan, title: '<script>"A" & \'B\'</script>' }))
    expect(picture).toContain('&lt;script&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/script&gt;')
    expect(picture).not.toContain('<script')
  })

  it('of hosts without arrows is drawn too', async () => {
    const picture = await svg(drawn({ ...lan, arrows: [] }))
    expect(picture).toContain('>klserver</text>')
    expect(picture).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('is coloured by a report', async () => {
    const picture = await svg(drawn(lan, verdictsOf(lan, { '5@': 'tls-intercepted', '1@': 'skipped' })))
    expect(picture).toContain('>tls-intercepted</text>')
    for (const colour of ['#1a7f37', '#c01c28', '#6e7781']) expect(picture).toContain(`stroke="${colour}"`)
  })
})
