import * as v from 'valibot'
import { groupTree } from '../../group-tree.ts'
import { hostReader } from '../host-attributes.ts'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'
import { FieldNames } from '../search.ts'

export const getHostInfo = method({
  name: 'HostGroup.GetHostInfo',
  fidelity: 'documented',
  about: 'Attributes of a host',
  answer: '`PxgRetVal`: attributes',
  args: v.object({ strHostName: v.string(), pFields2Return: v.optional(FieldNames) }),
  async run({ store }, { strHostName, pFields2Return }) {
    const { fields } = hostReader(await groupTree(store))
    return { PxgRetVal: fields(await hostWith(store, strHostName, 'strHostName'), pFields2Return) }
  },
})
