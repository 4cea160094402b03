import { X509Certificate } from 'node:crypto'
import { NetError } from '../../../shared/net/errors.ts'
import { answerHold as hold } from '../../../shared/net/hold-still.ts'
import type { Connection } from '../../../shared/net/host.ts'
import type { Agent } from '../agent.ts'
import { type AnsweringMode, answeredRole } from '../answering-port.ts'
import { operatingSystem } from '../applications.ts'
import { decline } from './handlers/decline.ts'
import { invitationRequest } from './handlers/invitation-request.ts'
import type { InvitedWay } from './invited-way.ts'

/** What the Server says to the gateway itself, by signal and by data connections. */
export const ownRoles = (agent: Agent, invited: InvitedWay): AnsweringMode['roles'] => ({
  signal: answeredRole<InvitedWay>({
    handlers: {
      decline,
      'invitation-request': invitationRequest,
      hold,
      push(_invited, message) {
        agent.onPush(message)
        return undefined
      },
    },
    greet(hello, session) {
      checkServer(agent, session.connection)
      // Without `keep` it is a trial of the way, by which nobody is invited.
      if (hello.keep) invited.signalled(session)
      return { context: invited, self: { agentId: agent.memory.agentId, os: operatingSystem() } }
    },
  }),
  data: answeredRole<InvitedWay>({
    handlers: {},
    greet(hello, session) {
      checkServer(agent, session.connection)
      return { context: invited, takeOver: invited.invitations.accept(hello.invitation) }
    },
  }),
})

/** The Server proves itself by its own certificate: the one that this device holds, taken at first contact. */
function checkServer({ memory }: Agent, { certificate }: Connection): void {
  if (certificate && memory.pins.length === 0) memory.trust(new X509Certificate(certificate.raw))
  if (certificate && memory.pins.includes(certificate.fingerprint)) return
  const shown = certificate ? `the one shown has SHA-256 ${certificate.fingerprint}` : 'none was shown'
  throw new NetError(
    'not-the-server',
    `only this gateway's Administration Server may connect so, by its certificate: ${shown}, the one held has ${memory.pins.join(' or ') || 'not been taken yet'}`,
  )
}
