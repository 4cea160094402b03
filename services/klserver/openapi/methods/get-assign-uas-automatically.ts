import * as v from 'valibot'
import { method } from '../method.ts'

export const getAssignUasAutomatically = method({
  name: 'UaControl.GetAssignUasAutomatically',
  fidelity: 'documented',
  about: 'Whether update agents are assigned automatically: here the topology says who they are',
  answer: '`PxgRetVal`: false',
  args: v.object({}),
  run: () => ({ PxgRetVal: false }),
})
