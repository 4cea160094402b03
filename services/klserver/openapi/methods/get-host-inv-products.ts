import * as v from 'valibot'
import { hostWith } from '../host-with.ts'
import { products } from '../inventory.ts'
import { method } from '../method.ts'

export const getHostInvProducts = method({
  name: 'InventoryApi.GetHostInvProducts',
  fidelity: 'documented',
  about: 'Applications of a host, as of its last synchronisation',
  answer: '`PxgRetVal.GNRL_EA_PARAM_1`: applications',
  assumed: 'all but the name and version is empty',
  args: v.object({ szwHostId: v.string() }),
  run: async ({ store }, { szwHostId }) => ({
    PxgRetVal: products((await hostWith(store, szwHostId, 'szwHostId')).applications),
  }),
})
