import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { groupFields, groupWith } from '../group-attributes.ts'
import { method } from '../method.ts'

export const getGroupInfo = method({
  name: 'HostGroup.GetGroupInfo',
  fidelity: 'documented',
  about: 'Fields of a group',
  answer: '`PxgRetVal`: fields',
  assumed: '`level` 0 of the predefined groups; what the counts count',
  args: v.object({ nGroupId: v.optional(Integer) }),
  run: async ({ store }, { nGroupId = 0 }) => ({
    PxgRetVal: groupFields(groupWith(nGroupId, await store.devices(), 'nGroupId')),
  }),
})
