import type { Handler } from '../../../../shared/net/serve-sessions.ts'
import type { InvitedWay } from '../invited-way.ts'

/** An invitation for the Server itself: its data connection ends at the gateway, as the trial that it is. */
export const invitationRequest: Handler<InvitedWay, 'invitation-request'> = (invited, { id, nonce }) => {
  const { invitation, answer } = invited.invitations.invite()
  answer.then(
    connection => connection.stream.resume().once('end', () => connection.close()),
    () => {},
  )
  return { type: 'invitation', id, nonce, invitation }
}
