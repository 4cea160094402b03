import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { groupTree } from '../../group-tree.ts'
import { groupWith } from '../group-attributes.ts'
import { method } from '../method.ts'
import { policyFields } from '../policy-fields.ts'
import { params } from '../types.ts'

export const getEffectivePoliciesForGroup = method({
  name: 'Policy.GetEffectivePoliciesForGroup',
  fidelity: 'documented',
  about: 'Policies of a group and those that it inherits',
  answer: '`PxgRetVal`: policies',
  args: v.object({ nGroupId: v.optional(Integer) }),
  async run({ store }, { nGroupId = 0 }) {
    const tree = await groupTree(store)
    groupWith(tree, nGroupId, 'nGroupId')
    const effective = tree.inherited(await store.policies(), nGroupId)
    return { PxgRetVal: effective.map(policy => params(policyFields(tree, policy, nGroupId))) }
  },
})
