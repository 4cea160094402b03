import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { AgentContext } from '../administration.ts'

/** A secondary Server's devices, as it tells them; the newest report stands. */
export const reportDevices: Handler<AgentContext, 'report-devices'> = ({ administration, agentId }, message) => {
  administration.subordinate.set(agentId, message.devices)
  return { type: 'noted', id: message.id, nonce: message.nonce }
}
