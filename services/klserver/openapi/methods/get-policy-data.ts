import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { notFound } from '../errors.ts'
import { method } from '../method.ts'
import { policiesOf } from '../policy-fields.ts'

export const getPolicyData = method({
  name: 'Policy.GetPolicyData',
  fidelity: 'documented',
  about: 'One policy',
  answer: '`PxgRetVal`: fields',
  args: v.object({ nPolicy: v.optional(Integer) }),
  async run({ store }, { nPolicy = 0 }) {
    const policy = (await policiesOf(store)).find(({ id }) => id === nPolicy)
    if (!policy) throw notFound(`nPolicy: there is no policy ${nPolicy}; Policy.GetPoliciesForGroup gives KLPOL_ID`)
    return { PxgRetVal: policy.fields }
  },
})
