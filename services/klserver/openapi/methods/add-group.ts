import * as v from 'valibot'
import { GroupId, Name } from '../../../../shared/wire/messages/fields.ts'
import { groupTree } from '../../group-tree.ts'
import { MANAGED } from '../../groups.ts'
import { groupWith } from '../group-attributes.ts'
import { method } from '../method.ts'

export const addGroup = method({
  name: 'HostGroup.AddGroup',
  audit: 'KLAUD_EV_ADMGROUP_CHANGED',
  fidelity: 'documented',
  about: 'Makes a group; one that is there already gives its id',
  answer: '`PxgRetVal`: its id',
  assumed: 'without a parent it is below "Managed devices"',
  args: v.object({ pInfo: v.object({ name: Name, parentId: v.optional(v.union([v.null(), GroupId])) }) }),
  async run({ store, now }, { pInfo: { name, parentId } }) {
    groupWith(await groupTree(store), parentId ?? MANAGED, 'pInfo.parentId')
    return { PxgRetVal: (await store.addGroup({ name, parentId: parentId ?? MANAGED, at: now() })).id }
  },
})
