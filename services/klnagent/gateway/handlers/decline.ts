import type { Handler } from '../../../../shared/net/serve-sessions.ts'
import type { InvitedWay } from '../invited-way.ts'

/** The Server will not dial: whoever waits is told at once. */
export const decline: Handler<InvitedWay, 'decline'> = (invited, { invitation, reason }) => {
  invited.invitations.refuse(invitation, 'declined', `the Server will not dial: ${reason}`)
  return undefined
}
