import type { Exercise } from '../../../shared/service.ts'
import type { Agent } from '../agent.ts'

/** Arrow 4 (13000, TLS, pinned) and its legacy twin 4-plain (14000): a full synchronisation. */
export const synchronise =
  (agent: Agent, port: 13000 | 14000): Exercise =>
  async (host, { nonce, timeout }) => {
    await agent.contact({ nonce, port, timeout }, host)
  }
