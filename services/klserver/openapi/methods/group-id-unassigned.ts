import * as v from 'valibot'
import { UNASSIGNED } from '../../groups.ts'
import { method } from '../method.ts'

export const groupIdUnassigned = method({
  name: 'HostGroup.GroupIdUnassigned',
  args: v.object({}),
  run: () => ({ PxgRetVal: UNASSIGNED }),
})
