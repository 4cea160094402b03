/** Distribution point: a Network Agent that serves the devices of its zone on the Server's behalf (topic 158532). */
import { isDistributionPoint, isServedBy, type TopologyHost } from '../../../shared/config/topology.ts'
import { type LabPackage, labPackages } from '../../../shared/packages.ts'
import type { ServiceContext } from '../../../shared/service.ts'
import type { Agent } from '../agent.ts'
import { type AnsweringMode, answeredRole } from '../answering-port.ts'
import { getPiece } from './handlers/get-piece.ts'
import { listPackages } from './handlers/list-packages.ts'
import { PushLink } from './push-link.ts'
import { PushServer, servePush } from './push-server.ts'

/** What it gives on 13000. A point gets its packages from the Server; how they come to it is not exercised here. */
export function distributionPointMode(packages: readonly LabPackage[] = labPackages()): AnsweringMode {
  const client = answeredRole<readonly LabPackage[]>({
    handlers: { 'list-packages': listPackages, 'get-piece': getPiece },
    greet: () => ({ context: packages }),
  })
  return { roles: { 'distribution-client': client } }
}

/** 13295: a point serves it, and the devices of its zone keep a connection to it. Null where a zone has no point. */
export async function startPush(
  agent: Agent,
  self: TopologyHost,
  context: ServiceContext,
  called: (nonce: string) => void,
): Promise<{ stop(): Promise<void> } | null> {
  const { topology, settings, random, log } = context
  if (isDistributionPoint(self)) {
    const push = new PushServer(settings.pushLimit)
    agent.onPush = push.call
    return servePush(push, context)
  }
  // Several push servers share their devices (topic 214620); the lab's devices take the first of their zone.
  const point = topology.hosts.find(host => isServedBy(topology, self, host))
  return point ? new PushLink({ agent, point, called, random, log }) : null
}
