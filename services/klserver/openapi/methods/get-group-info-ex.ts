import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { groupFields, groupWith } from '../group-attributes.ts'
import { method } from '../method.ts'
import { FieldNames } from '../search.ts'

export const getGroupInfoEx = method({
  name: 'HostGroup.GetGroupInfoEx',
  fidelity: 'documented',
  about: 'Some fields of a group',
  answer: '`PxgRetVal`: fields',
  assumed: 'as GetGroupInfo',
  args: v.object({ nGroupId: v.optional(Integer), pArrAttributes: v.optional(FieldNames) }),
  run: async ({ store }, { nGroupId = 0, pArrAttributes }) => ({
    PxgRetVal: groupFields(groupWith(nGroupId, await store.devices(), 'nGroupId'), pArrAttributes),
  }),
})
