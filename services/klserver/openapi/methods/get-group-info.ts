import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { groupFields, groupWith } from '../group-attributes.ts'
import { method } from '../method.ts'

export const getGroupInfo = method({
  name: 'HostGroup.GetGroupInfo',
  args: v.object({ nGroupId: v.optional(Integer) }),
  run: async ({ store }, { nGroupId = 0 }) => ({
    PxgRetVal: groupFields(groupWith(nGroupId, await store.devices(), 'nGroupId')),
  }),
})
