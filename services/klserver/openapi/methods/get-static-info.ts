import * as v from 'valibot'
import { MANAGED, SUPER, UNASSIGNED } from '../../groups.ts'
import { method, type OpenApi } from '../method.ts'
import type { Fields, Value } from '../types.ts'

const values: Record<string, (api: OpenApi) => Value | Promise<Value>> = {
  KLADMSRV_GRP_ROOT: () => MANAGED,
  KLADMSRV_GRP_UNASSIGNED: () => UNASSIGNED,
  KLADMSRV_GRP_SUPER: () => SUPER,
  KLADMSRV_PRODUCT_NAME: () => 'Kaspersky Security Center (ksc-lab)',
  KLADMSRV_PRODUCT_FULL_VERSION: ({ server }) => server.version,
  KLADMSRV_SERVER_HOSTNAME: ({ server }) => server.name,
  KLADMSRV_IS_VIRTUAL: () => false,
  KLADMSRV_VSID: () => 0,
  KLSRV_NETSIZE: async ({ store }) => store.countDevices(),
}

/** No names, or an empty list: everything. Unknown names are left out. */
export const getStaticInfo = method({
  name: 'HostGroup.GetStaticInfo',
  fidelity: 'documented',
  about: 'About this Administration Server',
  answer: '`PxgRetVal`: values',
  args: v.object({ pValues: v.optional(v.pipe(v.array(v.string()), v.maxLength(1_000))) }),
  async run(call, { pValues = [] }) {
    const info: Fields = {}
    for (const name of new Set(pValues.length > 0 ? pValues : Object.keys(values))) {
      const value = Object.hasOwn(values, name) ? await values[name]?.(call) : undefined
      if (value !== undefined) info[name] = value
    }
    return { PxgRetVal: info }
  },
})
