import type { Session } from '../../shared/net/session.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'
import type { Administration } from './administration.ts'

type Keep = Pick<Messages['welcome'], 'keep' | 'keepReason'>

/** "Do not disconnect from the Administration Server": granted to 300 devices in total (help topic 3320), then refused. */
export function keepConnection(administration: Administration, agentId: string, session: Session): Keep {
  const { kept, settings } = administration
  const limit = settings.doNotDisconnectLimit
  const held = kept.get(agentId)
  if (!held && kept.size + signalled(administration, agentId) >= limit)
    return {
      keep: 'refused',
      keepReason: `${limit} devices hold a continuous connection already, and a Server keeps no more; this one is served by interval`,
    }
  kept.set(agentId, session)
  void held?.close('done')
  void session.closed.then(() => {
    if (kept.get(agentId) === session) kept.delete(agentId)
  })
  return { keep: 'granted' }
}

/** A gateway device has a continuous connection too (topic 92537), by its signal connection; counted once whatever its own agent asks. */
const signalled = ({ gateways, kept }: Administration, asking: string): number =>
  gateways.filter(
    ({ agentId, signal }) =>
      signal.state === 'established' && agentId !== undefined && agentId !== asking && !kept.has(agentId),
  ).length
