import { ownHosts, type Topology } from '../shared/config/topology.ts'
import { type Firewall, findFirewall } from './firewall/remote.ts'
import { FIREWALL } from './firewall/run.ts'
import { managementToken, remoteStage, untilHealthy } from './management.ts'
import { MANAGEMENT_PORT, managementName } from './run-host.ts'
import type { Stage } from './stage.ts'

const base = (host: string) => `http://${managementName(host)}:${MANAGEMENT_PORT}`

/** The hosts of the running containers, and their firewall where it is the lab's, once they all answer. */
export async function containers(
  topology: Topology,
  stateFolder: string,
  external: readonly string[] = [],
): Promise<{ stage: Stage; firewall: Firewall | null }> {
  await untilHealthy(
    ownHosts(topology, external).map(({ name }) => name),
    base,
  )
  const token = managementToken(stateFolder)
  return { stage: remoteStage(base, token), firewall: await findFirewall(base(FIREWALL), token) }
}
