import type { Session } from '../../shared/net/session.ts'
import type { Messages } from '../../shared/wire/messages/index.ts'
import type { Administration } from './administration.ts'

type Keep = Pick<Messages['welcome'], 'keep' | 'keepReason'>

/** "Do not disconnect from the Administration Server": granted to 300 devices in total (help topic 3320), then refused. */
export function keepConnection({ kept, settings }: Administration, agentId: string, session: Session): Keep {
  const limit = settings.doNotDisconnectLimit
  const held = kept.get(agentId)
  if (!held && kept.size >= limit)
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
