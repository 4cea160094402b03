import * as v from 'valibot'
import { NO_PATCHES } from '../inventory.ts'
import { method } from '../method.ts'

export const getInvPatchesList = method({
  name: 'InventoryApi.GetInvPatchesList',
  fidelity: 'documented',
  about: 'Patches on all hosts: the lab has none',
  answer: '`PxgRetVal.GNRL_EA_PARAM_1`: empty',
  args: v.object({ pParams: v.optional(v.record(v.string(), v.unknown())) }),
  run: () => ({ PxgRetVal: NO_PATCHES }),
})
