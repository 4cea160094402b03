import * as v from 'valibot'
import { notFound } from '../errors.ts'
import { hostWith } from '../host-with.ts'
import { type Call, method } from '../method.ts'
import { PRODUCT, stateOf } from '../task-data.ts'
import { type Fields, params } from '../types.ts'
import { getHostProducts } from './get-host-products.ts'

/** Containers that clients ask for; the products are those of the last synchronisation. */
const containers: Record<string, (call: Call, hostId: string) => Fields | Promise<Fields>> = {
  'klhst-rt-TskInfo': tasksByProduct,
  'klhst-rt-InstInfo': () => ({}),
  KLHST_APP_INFO: async (call, strHostName) =>
    ((await getHostProducts.run(call, { strHostName })).PxgRetVal ?? {}) as Fields,
}

/** As one of the vendor's samples reads them; all tasks of the lab are the Network Agent's. */
async function tasksByProduct({ store, now }: Call, hostId: string): Promise<Fields> {
  const runs = await store.taskRunsOn(hostId)
  const tasks = runs.map(run => params({ taskStorageId: String(run.number), taskState: stateOf(run, now()).state }))
  return { [PRODUCT]: params({ 'klhst-rt-TskArray': tasks }) }
}

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
    const info: Fields = {}
    for (const [name, read] of Object.entries(containers))
      if (Object.keys(pFilter).length === 0 || Object.hasOwn(pFilter, name))
        info[name] = params(await read(call, hostId))
    return { PxgRetVal: info }
  },
})
