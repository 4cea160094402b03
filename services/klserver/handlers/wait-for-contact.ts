import { NetError } from '../../../shared/net/errors.ts'
import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { AgentContext } from '../administration.ts'

/** How long it waits is up to whoever asks: it ends the session. */
export const waitForContact: Handler<AgentContext, 'wait-for-contact'> = async ({ administration }, { id, nonce }) => {
  const contact = administration.called.get(nonce)
  if (!contact) throw new NetError('not-called', `no wake-up with the nonce ${nonce} was asked for in this session`)
  await contact.promise
  administration.called.delete(nonce)
  return { type: 'woken', id, nonce }
}
