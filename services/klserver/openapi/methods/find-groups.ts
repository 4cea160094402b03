import * as v from 'valibot'
import { groupAttribute, groupFields, groupsOf } from '../group-attributes.ts'
import { method } from '../method.ts'
import { search, searchArgs } from '../search.ts'

const name = 'HostGroup.FindGroups'

export const findGroups = method({
  name,
  fidelity: 'documented',
  about: 'Finds groups, as FindHosts finds hosts',
  answer: '`PxgRetVal`: how many, `strAccessor`',
  args: v.object(searchArgs),
  run: async (call, args) =>
    search(call, name, args, {
      items: groupsOf(await call.store.devices()),
      attribute: groupAttribute,
      fields: groupFields,
    }),
})
