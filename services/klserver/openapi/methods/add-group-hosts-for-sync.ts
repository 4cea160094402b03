import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { devicesBelow, groupTree } from '../../group-tree.ts'
import { callAll } from '../call-all.ts'
import { groupWith } from '../group-attributes.ts'
import { method } from '../method.ts'

export const addGroupHostsForSync = method({
  name: 'HostGroup.AddGroupHostsForSync',
  fidelity: 'documented',
  about: 'Forces the hosts of a group to synchronise',
  answer: '`strActionGuid`',
  assumed: 'with those of its subgroups; as AddHostsForSync',
  args: v.object({ nGroupId: v.optional(Integer), strSSType: v.optional(v.string()) }),
  async run({ store, actions, caller, synchronise }, { nGroupId = 0 }) {
    const tree = await groupTree(store)
    groupWith(tree, nGroupId, 'nGroupId')
    const hosts = await devicesBelow(store, tree, nGroupId)
    return { strActionGuid: actions.begun(caller.user, callAll(hosts, synchronise)) }
  },
})
