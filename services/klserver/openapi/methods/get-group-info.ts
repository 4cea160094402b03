import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { groupTree } from '../../group-tree.ts'
import { groupRecords, groupWith } from '../group-attributes.ts'
import { method } from '../method.ts'

export const getGroupInfo = method({
  name: 'HostGroup.GetGroupInfo',
  fidelity: 'documented',
  about: 'Fields of a group',
  answer: '`PxgRetVal`: fields',
  assumed: '`level` 0 of the predefined groups; what the counts count',
  args: v.object({ nGroupId: v.optional(Integer) }),
  async run({ store }, { nGroupId = 0 }) {
    const tree = await groupTree(store)
    const { fields } = groupRecords(tree, await store.devices())
    return { PxgRetVal: fields(groupWith(tree, nGroupId, 'nGroupId')) }
  },
})
