import * as v from 'valibot'
import { hostWith } from '../host-with.ts'
import { NO_PATCHES } from '../inventory.ts'
import { method } from '../method.ts'

export const getHostInvPatches = method({
  name: 'InventoryApi.GetHostInvPatches',
  fidelity: 'documented',
  about: 'Patches on a host: the lab has none',
  answer: '`PxgRetVal.GNRL_EA_PARAM_1`: empty',
  args: v.object({ szwHostId: v.string() }),
  async run({ store }, { szwHostId }) {
    await hostWith(store, szwHostId, 'szwHostId')
    return { PxgRetVal: NO_PATCHES }
  },
})
