/** What stands between the two ends of an arrow, as far as the lab knows it. Pure. */
import { isReverseProxy } from '../shared/config/published.ts'
import { hostNamed, type Topology } from '../shared/config/topology.ts'
import type { Carrier, Case } from '../shared/verdict/word.ts'
import type { FlowInstance } from './plan.ts'
import type { Report } from './report.ts'

interface Standing {
  topology: Topology
  mode: Report['mode']
  /** Hosts in whose places the user's own boxes stand. */
  external?: readonly string[] | undefined
  /** By `route`. */
  box?: { host: string; port: number } | undefined
  /** The lab's own carrier has seen it come. */
  carried: boolean
  /** Where it really went. */
  at: string
}

export function standingBetween(
  { initiator, responder, via }: Pick<FlowInstance, 'initiator' | 'responder' | 'via'>,
  { topology, mode, external = [], box, carried, at }: Standing,
): Pick<Case, 'between' | 'carrier'> {
  const host = hostNamed(topology, via[0])
  const title = host && isReverseProxy(host) ? 'reverse proxy' : 'connection gateway'
  const carrier: Carrier | null = host ? { name: host.name, title } : null
  // Behind a box of the user's a gateway carries on as ever; a reverse proxy's place the box may have taken.
  if (box)
    return {
      between: `the box at ${box.host}:${box.port}`,
      carrier: title === 'reverse proxy' && !carried ? null : carrier,
    }
  if (!host || title !== 'reverse proxy') return { between: between(topology, initiator, responder, mode), carrier }
  if (external.includes(host.name)) return { between: `the reverse proxy at ${at}`, carrier: null }
  // The lab's own passes everything on: what went wrong did so before it, or behind it.
  const [from, to] = carried ? [host.name, responder] : [initiator, host.name]
  return { between: between(topology, from, to, mode), carrier }
}

/** In containers the zones meet in the lab's own firewall; within a zone, and in one process, nothing known stands between. */
export function between({ hosts }: Topology, from: string, to: string, mode: Report['mode']): string {
  const zoneOf = (name: string) => hosts.find(host => host.name === name)?.zone
  const [near, far] = [zoneOf(from), zoneOf(to)]
  return mode === 'compose' && near && far && near !== far
    ? `the firewall between ${near} and ${far}`
    : 'whatever stands between them'
}
