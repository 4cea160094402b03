/** What a diagram shows, from a topology and its plan; how it looks is a matter of the formats. Pure. */
import type { KscVersion } from '../../shared/catalogue/types.ts'
import { isReverseProxy } from '../../shared/config/published.ts'
import { hostNamed, type Topology, titlesOf } from '../../shared/config/topology.ts'
import type { Zone } from '../../shared/config/zones.ts'
import type { VerdictWord } from '../../shared/verdict/words.ts'
import { onwardLeg } from '../legs.ts'
import type { FlowInstance } from '../plan.ts'
import { type Box, boxesOf } from './boxes.ts'
import { type Outcome, outcomeOf, wordsOf } from './outcome.ts'

/** Top to bottom, as the vendor draws them. */
const TOP_DOWN: readonly Zone[] = ['internet', 'dmz', 'lan']

export interface Line {
  /** `16 · 8060, 8061` */
  text: string
  /** The verdict where it is not the one hoped for: `refused`, or `refused (agent-2)` where the others are well. */
  word: string | null
}

/** All flows from one box to another. */
export interface Arrow {
  id: string
  from: Box
  to: Box
  lines: Line[]
  outcome: Outcome
}

export interface Diagram {
  topology: string
  title: string
  version: KscVersion
  zones: Zone[]
  boxes: Box[]
  arrows: Arrow[]
  legend: { id: string; title: string }[]
  reported: boolean
}

/** The verdict of each flow instance, by its id. */
export type Verdicts = ReadonlyMap<string, VerdictWord>

export function diagramOf(
  topology: Topology,
  version: KscVersion,
  planned: readonly FlowInstance[],
  verdicts: Verdicts | null,
): Diagram {
  // An arrow points at whoever is dialled; what is carried further is another connection.
  const instances = planned.flatMap(instance => legsOf(instance, topology))
  const boxes = boxesOf(topology, instances)
  const pairs = Map.groupBy(instances, instance => {
    const [from, to] = ends(instance, boxes)
    return `${from.id}>${to.id}`
  })
  const order = (flow: string) => topology.arrows.indexOf(flow)
  const arrows = [...pairs].map(([id, gathered]): Arrow => {
    const [from, to] = ends(gathered[0] as FlowInstance, boxes)
    const flows = Map.groupBy(gathered, ({ flow }) => flow.id)
    const lines = [...flows]
      .sort(([one], [other]) => order(one) - order(other))
      .map(([, same]) => lineOf(same, topology, verdicts))
    return { id, from, to, lines, outcome: verdicts ? outcomeOf(gathered, verdicts) : 'planned' }
  })
  const flows = new Map(instances.map(({ flow }) => [flow.id, flow.title]))
  return {
    topology: topology.name,
    title: topology.title,
    version,
    zones: TOP_DOWN.filter(zone => boxes.some(box => box.zone === zone)),
    boxes,
    arrows,
    legend: topology.arrows.flatMap(id => [flows.get(id)].flatMap(title => (title === undefined ? [] : { id, title }))),
    reported: verdicts !== null,
  }
}

/** A reverse proxy dials on for each of them; what a gateway carries goes by connections that are arrows of their own. */
function legsOf(instance: FlowInstance, topology: Topology): FlowInstance[] {
  const { via, responder, dials } = instance
  const first = { ...instance, responder: dials.host }
  const carrier = hostNamed(topology, via[0])
  return carrier && isReverseProxy(carrier)
    ? [first, ...onwardLeg(topology, instance).map(leg => ({ ...leg, responder }))]
    : [first]
}

function ends({ initiator, responder }: FlowInstance, boxes: readonly Box[]): [Box, Box] {
  const from = boxes.find(({ members }) => members.includes(initiator))
  const to =
    boxes.find(({ members, absent }) => !absent && members.includes(responder)) ??
    boxes.find(({ members, absent, zone }) => absent && members.includes(responder) && zone === from?.zone)
  if (!from || !to) throw new Error(`no box for ${initiator} or ${responder}`)
  return [from, to]
}

function lineOf(same: readonly FlowInstance[], topology: Topology, verdicts: Verdicts | null): Line {
  const [{ flow, transport }] = same as [FlowInstance]
  const numbers = same.flatMap(({ port, responder }) =>
    port === null ? [] : [topology.hosts.find(({ name }) => name === responder)?.ports[port] ?? port],
  )
  const ports = [...new Set(numbers)].sort((one, other) => one - other).join(', ')
  const where = transport === 'local' ? 'local' : ports === '' ? '' : `${ports}${transport === 'udp' ? '/udp' : ''}`
  return { text: [flow.id, where].filter(Boolean).join(' · '), word: verdicts && wordsOf(same, verdicts) }
}

/** What a box runs, for people. */
export const runsOf = (box: Box): string[] => (box.host ? titlesOf(box.host) : ['not in this lab'])
