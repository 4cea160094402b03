import { hostNamed, isServedBy } from '../../../shared/config/topology.ts'
import { NetError } from '../../../shared/net/errors.ts'
import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { AgentContext } from '../administration.ts'
import { sealWakeUp } from '../seal-wake-up.ts'

/** Seals a wake-up for a distribution point to send (topic 158532); only the Server's own key makes a device obey it. */
export const wakeUpRequest: Handler<AgentContext, 'wake-up-request'> = ({ administration, name }, message, session) => {
  const { id, nonce, target } = message
  const { topology, called } = administration
  const [point, device] = [hostNamed(topology, name), hostNamed(topology, target)]
  if (!point || !device || !isServedBy(topology, device, point))
    throw new NetError('not-served', `${name} is no distribution point for ${target}; it calls the devices of its zone`)
  if (called.has(nonce)) throw new NetError('known-nonce', `a wake-up with the nonce ${nonce} is under way`)
  const contact = Promise.withResolvers<void>()
  called.set(nonce, contact)
  // Whoever waits for the contact is let go with the session.
  void session.closed.then(() => {
    called.delete(nonce)
    contact.resolve()
  })
  return { type: 'wake-up-sealed', id, nonce, datagram: sealWakeUp(administration, target, nonce) }
}
