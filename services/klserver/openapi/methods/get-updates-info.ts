import * as v from 'valibot'
import { method } from '../method.ts'

export const getUpdatesInfo = method({
  name: 'Updates.GetUpdatesInfo',
  fidelity: 'documented',
  about: 'Updates in the repository: the lab has none',
  answer: '`PxgRetVal`: empty',
  args: v.object({ pFilter: v.optional(v.unknown()) }),
  run: () => ({ PxgRetVal: [] }),
})
