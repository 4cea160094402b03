import * as v from 'valibot'
import { method } from '../method.ts'

export const getDomains = method({
  name: 'HostGroup.GetDomains',
  fidelity: 'documented',
  about: 'Windows domains: the lab has none',
  answer: '`PxgRetVal`: empty',
  args: v.object({}),
  run: () => ({ PxgRetVal: [] }),
})
