import * as v from 'valibot'
import { hostFields } from '../host-attributes.ts'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'
import { FieldNames } from '../search.ts'

export const getHostInfo = method({
  name: 'HostGroup.GetHostInfo',
  fidelity: 'documented',
  about: 'Attributes of a host',
  answer: '`PxgRetVal`: attributes',
  args: v.object({ strHostName: v.string(), pFields2Return: v.optional(FieldNames) }),
  run: async ({ store }, { strHostName, pFields2Return }) => ({
    PxgRetVal: hostFields(await hostWith(store, strHostName, 'strHostName'), pFields2Return),
  }),
})
