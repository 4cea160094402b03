import { hostNamed, type Topology } from '../../../shared/config/topology.ts'
import { NetError } from '../../../shared/net/errors.ts'
import type { Session } from '../../../shared/net/session.ts'
import type { Messages } from '../../../shared/wire/messages/index.ts'
import type { Administration } from '../administration.ts'
import { pinsOf } from './dial-server.ts'

/** Lets another Server of the hierarchy in. @throws NetError for a stranger, and for a Server that would be under itself */
export function checkServer(
  administration: Administration,
  { host: name, role }: Messages['hello'],
  session: Session,
): void {
  const { topology, host, credentials } = administration
  const [upper, lower] = role === 'secondary-server' ? [host.name, name] : [name, host.name]
  if (upper === lower) throw new NetError('hierarchy-loop', `${upper} cannot be under itself`)
  if (primariesOf(topology, upper).has(lower))
    throw new NetError('hierarchy-loop', `${lower} is above ${upper}, and cannot be under it as well`)
  const joined = primaryOf(topology, lower) === upper
  const shown = session.connection.certificate?.fingerprint
  if (joined && shown !== undefined && pinsOf(name, credentials).includes(shown)) return
  throw new NetError(
    'not-in-hierarchy',
    joined
      ? `${name} did not show the Server certificate by which it is known here; shown was ${shown ?? 'none'}`
      : `${lower} is not set up as a secondary Server of ${upper}`,
  )
}

/** From the primary up; a topology that no file was read for may hold a ring. */
function primariesOf(topology: Topology, name: string): Set<string> {
  const found = new Set<string>()
  for (let next = primaryOf(topology, name); next !== undefined && !found.has(next); next = primaryOf(topology, next))
    found.add(next)
  return found
}

function primaryOf(topology: Topology, name: string): string | undefined {
  const { secondary, server } = hostNamed(topology, name) ?? {}
  return secondary && server
}
