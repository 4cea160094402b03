import * as v from 'valibot'
import { UNASSIGNED } from '../../groups.ts'
import { method } from '../method.ts'

export const groupIdUnassigned = method({
  name: 'HostGroup.GroupIdUnassigned',
  fidelity: 'documented',
  about: 'The group "Unassigned devices"',
  answer: '`PxgRetVal`: 1',
  args: v.object({}),
  run: () => ({ PxgRetVal: UNASSIGNED }),
})
