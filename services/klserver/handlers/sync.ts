import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { Messages } from '../../../shared/wire/messages/index.ts'
import { type AgentContext, reserveCertificate } from '../administration.ts'
import { groupTree } from '../group-tree.ts'
import type { Store } from '../store/index.ts'

type Revisioned = Messages['synced']['policies'][number]

/**
 * Full synchronisation (help topic 3320): applications in; policies, tasks and the reserve certificate out. Policies and group
 * tasks are for administration groups (topic 92429): an unassigned device is in none.
 */
export const syncWith =
  (reserve: 'common-reserve' | 'mobile-reserve'): Handler<AgentContext, 'sync'> =>
  async ({ administration, agentId }, { id, nonce, applications }) => {
    const { store, synchronised } = administration
    const at = Date.now()
    await store.synchronised(agentId, { applications, at })
    const [device, noticeKey] = await Promise.all([store.byAgent(agentId), store.noticeKey(agentId)])
    const [policies, tasks] = device ? await handedOut(store, device.groupId) : [[], []]
    if (device) await store.finishTasks(device.hostId, at)
    synchronised.emit(agentId)
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

/** Of its group and of those above it. */
async function handedOut(store: Store, groupId: number) {
  const tree = await groupTree(store)
  const ofGroups = (items: (Revisioned & { groupId: number })[]): Revisioned[] =>
    tree.inherited(items, groupId).map(({ id, name, revision }) => ({ id, name, revision }))
  const [policies, tasks] = await Promise.all([store.policies(), store.tasks()])
  return [ofGroups(policies.filter(({ active }) => active)), ofGroups(tasks)] as const
}

/** Of Network Agents, which know the Server by its common certificate. */
export const sync = syncWith('common-reserve')
