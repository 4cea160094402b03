import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { groupTree } from '../../group-tree.ts'
import { method } from '../method.ts'
import { policyFields, policyWith } from '../policy-fields.ts'

export const getPolicyData = method({
  name: 'Policy.GetPolicyData',
  fidelity: 'documented',
  about: 'One policy',
  answer: '`PxgRetVal`: fields',
  args: v.object({ nPolicy: v.optional(Integer) }),
  run: async ({ store }, { nPolicy = 0 }) => ({
    PxgRetVal: policyFields(await groupTree(store), await policyWith(store, nPolicy)),
  }),
})
