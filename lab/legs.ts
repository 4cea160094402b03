/** What is opened for others on their way: by a reverse proxy, and by a gateway in a segment beside its own connection to 13000. Pure. */
import { isReverseProxy } from '../shared/config/published.ts'
import { hostNamed, type Topology } from '../shared/config/topology.ts'
import type { FlowInstance } from './plan.ts'

/** The instance as the carrier dials it; a gateway in a DMZ dials nobody. */
export function onwardLeg(topology: Topology, instance: FlowInstance): FlowInstance[] {
  const { via, responder, port, flow } = instance
  const carrier = hostNamed(topology, via[0])
  if (!carrier || port === null) return []
  if (!isReverseProxy(carrier) && (flow.id !== '14' || carrier.gateway !== 'segment')) return []
  return [{ ...instance, initiator: carrier.name, dials: { host: responder, port } }]
}
