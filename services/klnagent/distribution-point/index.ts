/** Distribution point: a Network Agent that serves the devices of its zone on the Server's behalf (topic 158532). */
import { flow } from '../../../shared/catalogue/index.ts'
import { isDistributionPoint, isServedBy, type TopologyHost } from '../../../shared/config/topology.ts'
import { type LabPackage, labPackages } from '../../../shared/packages.ts'
import type { Service, ServiceContext } from '../../../shared/service.ts'
import type { Agent } from '../agent.ts'
import { type AnsweringMode, answeredRole } from '../answering-port.ts'
import { multicastPackage } from './exercise-multicast.ts'
import { getPiece } from './handlers/get-piece.ts'
import { listPackages } from './handlers/list-packages.ts'
import { Collector } from './multicast/collector.ts'
import { Multicaster } from './multicast/multicaster.ts'
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

interface Push {
  exercises: Service['exercises']
  stop(): Promise<void>
}

/**
 * 13295, and 15001 with it: a point serves the one and sends to the other, and the devices of its zone keep a connection and
 * listen. Null where a zone has no point.
 */
export async function startPush(
  agent: Agent,
  self: TopologyHost,
  context: ServiceContext,
  called: (nonce: string) => void,
): Promise<Push | null> {
  const { host, topology, settings, random, log } = context
  const multicast = flow('x-dp-mcast').versions.some(version => version === settings.kscVersion)
  if (isDistributionPoint(self)) {
    const push = new PushServer(settings.pushLimit)
    agent.onPush = push.call
    // Made here: a device that only collects has no use for 8 MiB.
    const [offered] = multicast ? labPackages() : []
    if (!offered) return { exercises: {}, ...(await servePush(push, context)) }
    const multicaster = new Multicaster(push, offered)
    const served = await servePush(push, context, multicaster.handlers)
    return { exercises: { 'x-dp-mcast': multicastPackage(multicaster) }, ...served }
  }
  // Several push servers share their devices (topic 214620); the lab's devices take the first of their zone.
  const point = topology.hosts.find(candidate => isServedBy(topology, self, candidate))
  if (!point) return null
  const collector = multicast ? new Collector({ agent, point, log }) : null
  const group = collector && (await host.multicast(15001, collector.receive))
  const link = new PushLink({ agent, point, called, collector, random, log })
  return {
    exercises: {},
    async stop() {
      collector?.stop()
      await Promise.all([link.stop(), group?.close()])
    },
  }
}
