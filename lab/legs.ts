/** What a gateway in a segment opens to its Server for others, beside its own connection to 13000. Pure. */
import { hostNamed, type Topology } from '../shared/config/topology.ts'
import type { FlowInstance } from './plan.ts'

/** The instance as the gateway dials it; a gateway in a DMZ dials nobody. */
export function onwardLeg(topology: Topology, instance: FlowInstance): FlowInstance[] {
  const { via, responder, port, flow } = instance
  const [gateway] = via
  if (flow.id !== '14' || gateway === undefined || port === null) return []
  if (hostNamed(topology, gateway)?.gateway !== 'segment') return []
  return [{ ...instance, initiator: gateway, dials: { host: responder, port } }]
}
