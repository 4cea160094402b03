import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { groupTree } from '../../group-tree.ts'
import { groupWith } from '../group-attributes.ts'
import { method } from '../method.ts'

export const moveHostsFromGroupToGroup = method({
  name: 'HostGroup.MoveHostsFromGroupToGroup',
  audit: 'KLAUD_EV_OBJECTMODIFY',
  fidelity: 'documented',
  about: 'Moves all hosts of a group',
  answer: '`strActionGuid`',
  assumed: 'those of its subgroups stay',
  args: v.object({ nSrcGroupId: Integer, nDstGroupId: Integer }),
  async run({ store, actions, caller, pushNeeded }, { nSrcGroupId, nDstGroupId }) {
    const tree = await groupTree(store)
    groupWith(tree, nSrcGroupId, 'nSrcGroupId')
    groupWith(tree, nDstGroupId, 'nDstGroupId')
    for (const { hostId } of await store.devices({ groupId: nSrcGroupId })) {
      const moved = await store.move(hostId, nDstGroupId)
      if (moved) pushNeeded(moved)
    }
    return { strActionGuid: actions.finished(caller.user) }
  },
})
