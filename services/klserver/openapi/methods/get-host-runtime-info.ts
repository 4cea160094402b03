import * as v from 'valibot'
import { notFound } from '../errors.ts'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'
import { type Fields, params } from '../types.ts'
import { getHostProducts } from './get-host-products.ts'

/** Containers that clients ask for; the products are those of the last synchronisation, and no task of the lab runs long. */
const CONTAINERS = ['klhst-rt-TskInfo', 'klhst-rt-InstInfo', 'KLHST_APP_INFO']

/** Of the Network Agent behind a gateway connection. No filter: every container. */
export const getHostRuntimeInfo = method({
  name: 'NagHstCtl.GetHostRuntimeInfo',
  place: 'agent',
  fidelity: 'documented',
  about: 'Of the Network Agent behind a gateway connection: `klhst-rt-TskInfo`, `klhst-rt-InstInfo`, `KLHST_APP_INFO`',
  answer: '`PxgRetVal`: these containers',
  assumed: 'what stands in them',
  args: v.object({ pFilter: v.optional(v.record(v.string(), v.unknown())) }),
  async run(call, { pFilter = {} }) {
    const { hostId, displayName, state } = await hostWith(call.store, call.caller.agent ?? '', 'this connection')
    if (state !== 'on') throw notFound(`the Network Agent of ${displayName} is not reached: the device is off`)
    const asked = CONTAINERS.filter(name => Object.keys(pFilter).length === 0 || Object.hasOwn(pFilter, name))
    const info: Fields = {}
    for (const name of asked) {
      const products = name === 'KLHST_APP_INFO' ? await getHostProducts.run(call, { strHostName: hostId }) : {}
      info[name] = params((products.PxgRetVal ?? {}) as Fields)
    }
    return { PxgRetVal: info }
  },
})
