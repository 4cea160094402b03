import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { PhoneContext } from './mobile-port.ts'

/** The newest stands: a push service may give a device another one at any time. */
export const pushToken: Handler<PhoneContext, 'push-token'> = async ({ administration, agentId }, message) => {
  const { id, nonce, kind, token } = message
  await administration.store.pushToken(agentId, { kind, token })
  return { type: 'noted', id, nonce }
}
