import type { Handler } from '../../../shared/net/serve-sessions.ts'
import { type AgentContext, reserveCertificate } from '../administration.ts'
import { MANAGED } from '../groups.ts'

/**
 * Full synchronisation (help topic 3320): applications in; policies, tasks and the reserve certificate out. Policies and group
 * tasks are for administration groups (topic 92429): an unassigned device is in none.
 */
export const syncWith =
  (reserve: 'common-reserve' | 'mobile-reserve'): Handler<AgentContext, 'sync'> =>
  async ({ administration, agentId }, { id, nonce, applications }) => {
    const { store } = administration
    await store.synchronised(agentId, { applications, at: Date.now() })
    const [device, noticeKey] = await Promise.all([store.byAgent(agentId), store.noticeKey(agentId)])
    const [policies, tasks] =
      device?.groupId === MANAGED ? await Promise.all([store.policies(), store.tasks()]) : [[], []]
    return {
      type: 'synced',
      id,
      nonce,
      policies,
      tasks,
      ...(noticeKey ? { noticeKey } : {}),
      reserveCertificate: reserveCertificate(administration, reserve),
    }
  }

/** Of Network Agents, which know the Server by its common certificate. */
export const sync = syncWith('common-reserve')
