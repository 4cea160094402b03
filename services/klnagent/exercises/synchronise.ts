import { holdStill } from '../../../shared/net/hold-still.ts'
import type { Exercise } from '../../../shared/service.ts'
import type { Agent } from '../agent.ts'

/** Arrow 4 (13000, TLS, pinned) and its legacy twin 4-plain (14000): a full synchronisation. */
export const synchronise =
  (agent: Agent, port: 13000 | 14000): Exercise =>
  async (host, task) => {
    const { nonce, timeout, idle } = task
    if (idle === undefined) return void (await agent.contact({ nonce, port, timeout }, host))
    // Without `keep`: the connection that this device keeps itself would give way to it.
    const { session } = await agent.open({ nonce, port, timeout }, host)
    try {
      await agent.exchange(session, nonce)
      await holdStill(session, task)
    } finally {
      await session.close()
    }
  }
