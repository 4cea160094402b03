import * as v from 'valibot'
import { SUPER } from '../../groups.ts'
import { method } from '../method.ts'

export const groupIdSuper = method({
  name: 'HostGroup.GroupIdSuper',
  fidelity: 'documented',
  about: 'The group above "Managed devices", for policies and tasks of a primary Server',
  answer: '`PxgRetVal`: 2',
  assumed: 'the number; it is in no list',
  args: v.object({}),
  run: () => ({ PxgRetVal: SUPER }),
})
