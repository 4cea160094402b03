import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { AgentContext } from '../administration.ts'

/** A device cannot carry a tunnel to its port. */
export const decline: Handler<AgentContext, 'decline'> = ({ administration }, { invitation, reason }) => {
  administration.tunnels.refuse(invitation, 'declined', reason)
  return undefined
}
