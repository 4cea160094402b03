import * as v from 'valibot'
import { groupTree } from '../../group-tree.ts'
import { groupRecords } from '../group-attributes.ts'
import { method } from '../method.ts'
import { search, searchArgs } from '../search.ts'

export const findGroups = method({
  name: 'HostGroup.FindGroups',
  fidelity: 'documented',
  about: 'Finds groups, as FindHosts finds hosts',
  answer: '`PxgRetVal`: how many, `strAccessor`',
  assumed: 'as GetGroupInfo',
  args: v.object(searchArgs),
  run: async (call, args) =>
    search(call, 'HostGroup.FindGroups', args, groupRecords(await groupTree(call.store), await call.store.devices())),
})
