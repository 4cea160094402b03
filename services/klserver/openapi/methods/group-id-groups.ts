import * as v from 'valibot'
import { MANAGED } from '../../groups.ts'
import { method } from '../method.ts'

export const groupIdGroups = method({
  name: 'HostGroup.GroupIdGroups',
  args: v.object({}),
  run: () => ({ PxgRetVal: MANAGED }),
})
