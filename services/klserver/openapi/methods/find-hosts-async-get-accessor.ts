import * as v from 'valibot'
import { method } from '../method.ts'

export const findHostsAsyncGetAccessor = method({
  name: 'HostGroup.FindHostsAsyncGetAccessor',
  fidelity: 'documented',
  about: 'The found set of FindHostsAsync',
  answer: '`PxgRetVal`: how many, `strAccessor`, `pFailedSlavesInfo` (empty)',
  args: v.object({ strRequestId: v.string() }),
  run: ({ actions, accessors, caller: { user } }, { strRequestId }) => {
    const strAccessor = actions.accessor(user, strRequestId)
    return { PxgRetVal: accessors.items(user, strAccessor).length, strAccessor, pFailedSlavesInfo: {} }
  },
})
