import * as v from 'valibot'
import { MANAGED } from '../../groups.ts'
import { method } from '../method.ts'

export const groupIdGroups = method({
  name: 'HostGroup.GroupIdGroups',
  fidelity: 'documented',
  about: 'The group "Managed devices"',
  answer: '`PxgRetVal`: 0',
  args: v.object({}),
  run: () => ({ PxgRetVal: MANAGED }),
})
