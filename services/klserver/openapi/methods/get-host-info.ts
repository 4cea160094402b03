import * as v from 'valibot'
import { notFound } from '../errors.ts'
import { hostFields } from '../host-attributes.ts'
import { method } from '../method.ts'

export const getHostInfo = method({
  name: 'HostGroup.GetHostInfo',
  args: v.object({
    strHostName: v.string(),
    pFields2Return: v.optional(v.pipe(v.array(v.string()), v.maxLength(1_000))),
  }),
  async run({ store }, { strHostName, pFields2Return }) {
    const device = await store.device(strHostName)
    if (!device)
      throw notFound(
        `strHostName: no host has the id ${JSON.stringify(strHostName.slice(0, 64))}; HostGroup.FindHosts gives it as KLHST_WKS_HOSTNAME`,
      )
    return { PxgRetVal: hostFields(device, pFields2Return) }
  },
})
