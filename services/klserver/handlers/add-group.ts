import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { Administration } from '../administration.ts'
import { checkGroup } from './check-group.ts'

/** One that is there already gives its id, as by OpenAPI. */
export const addGroup: Handler<Administration, 'add-group'> = async ({ store }, { id, nonce, name, parentId }) => {
  await checkGroup(store, parentId)
  const { id: groupId } = await store.addGroup({ name, parentId, at: Date.now() })
  return { type: 'group-added', id, nonce, groupId }
}
