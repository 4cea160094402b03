import * as v from 'valibot'
import { products } from '../inventory.ts'
import { method } from '../method.ts'

export const getInvProductsList = method({
  name: 'InventoryApi.GetInvProductsList',
  fidelity: 'documented',
  about: 'Applications of all hosts, each once',
  answer: '`PxgRetVal.GNRL_EA_PARAM_1`: applications',
  assumed: 'all but the name and version is empty',
  args: v.object({ pParams: v.optional(v.record(v.string(), v.unknown())) }),
  run: async ({ store }) => ({
    PxgRetVal: products((await store.devices()).flatMap(({ applications }) => applications)),
  }),
})
