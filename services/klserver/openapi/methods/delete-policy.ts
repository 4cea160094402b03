import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { method } from '../method.ts'
import { noSuchPolicy } from '../policy-fields.ts'

export const deletePolicy = method({
  name: 'Policy.DeletePolicy',
  audit: 'KLAUD_EV_OBJECTMODIFY',
  fidelity: 'documented',
  about: 'Removes a policy',
  answer: '`{}`',
  args: v.object({ nPolicy: Integer }),
  async run({ store }, { nPolicy }) {
    if (!(await store.removePolicy(nPolicy))) throw noSuchPolicy(nPolicy)
    return {}
  },
})
