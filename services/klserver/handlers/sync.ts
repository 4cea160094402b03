import type { Handler } from '../../../shared/net/serve-sessions.ts'
import { type AgentContext, reserveCertificate } from '../administration.ts'

/** Full synchronisation (help topic 3320): applications in; policies, tasks and the reserve certificate out. */
export const sync: Handler<AgentContext, 'sync'> = async ({ administration, agentId }, { id, nonce, applications }) => {
  const { store } = administration
  await store.synchronised(agentId, { applications, at: Date.now() })
  const [policies, tasks, noticeKey] = await Promise.all([store.policies(), store.tasks(), store.noticeKey(agentId)])
  return {
    type: 'synced',
    id,
    nonce,
    policies,
    tasks,
    ...(noticeKey ? { noticeKey } : {}),
    reserveCertificate: reserveCertificate(administration),
  }
}
