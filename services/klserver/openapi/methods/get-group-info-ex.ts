import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { groupTree } from '../../group-tree.ts'
import { groupRecords, groupWith } from '../group-attributes.ts'
import { method } from '../method.ts'
import { FieldNames } from '../search.ts'

export const getGroupInfoEx = method({
  name: 'HostGroup.GetGroupInfoEx',
  fidelity: 'documented',
  about: 'Some fields of a group',
  answer: '`PxgRetVal`: fields',
  assumed: 'as GetGroupInfo',
  args: v.object({ nGroupId: v.optional(Integer), pArrAttributes: v.optional(FieldNames) }),
  async run({ store }, { nGroupId = 0, pArrAttributes }) {
    const tree = await groupTree(store)
    const { fields } = groupRecords(tree, await store.devices())
    return { PxgRetVal: fields(groupWith(tree, nGroupId, 'nGroupId'), pArrAttributes) }
  },
})
