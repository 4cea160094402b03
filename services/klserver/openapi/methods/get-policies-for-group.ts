import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { MANAGED } from '../../groups.ts'
import { groupIdOf } from '../group-attributes.ts'
import { method } from '../method.ts'
import { policiesOf } from '../policy-fields.ts'
import { params } from '../types.ts'

export const getPoliciesForGroup = method({
  name: 'Policy.GetPoliciesForGroup',
  fidelity: 'documented',
  about: 'Policies of a group',
  answer: '`PxgRetVal`: policies',
  args: v.object({ nGroupId: v.optional(Integer) }),
  async run({ store }, { nGroupId = 0 }) {
    const id = groupIdOf(nGroupId, 'nGroupId')
    const policies = id === MANAGED ? await policiesOf(store) : []
    return { PxgRetVal: policies.map(({ fields }) => params(fields)) }
  },
})
