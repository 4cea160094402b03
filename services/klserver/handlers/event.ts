import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { AgentContext } from '../administration.ts'

/** Events come as soon as they occur; one whose answer was lost comes again and is kept once. */
export const event: Handler<AgentContext, 'event'> = async ({ administration, agentId }, message) => {
  const { id, nonce, eventId, at, severity, kind, text } = message
  const kept = await administration.store.event({ agentId, id: eventId, at, severity, kind, text })
  return { type: 'stored', id, nonce, eventId, known: kept === 'known' }
}
