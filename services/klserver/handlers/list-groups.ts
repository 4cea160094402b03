import type { Handler } from '../../../shared/net/serve-sessions.ts'
import type { Administration } from '../administration.ts'

export const listGroups: Handler<Administration, 'list-groups'> = async ({ store }, { id, nonce }) => ({
  ...{ type: 'groups', id, nonce },
  groups: (await store.groups()).map(({ id: groupId, name, parentId }) => ({
    ...{ groupId, name },
    ...(parentId === null ? {} : { parentId }),
  })),
})
