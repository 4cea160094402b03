import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { method } from '../method.ts'
import { noSuchPolicy } from '../policy-fields.ts'

export const makePolicyActive = method({
  name: 'Policy.MakePolicyActive',
  audit: 'KLAUD_EV_OBJECTMODIFY',
  fidelity: 'documented',
  about: 'Makes a policy active or inactive; only active ones are given to devices',
  answer: '`{}`',
  args: v.object({ nPolicy: Integer, bActive: v.boolean() }),
  async run({ store }, { nPolicy, bActive }) {
    if (!(await store.activatePolicy(nPolicy, bActive))) throw noSuchPolicy(nPolicy)
    return {}
  },
})
