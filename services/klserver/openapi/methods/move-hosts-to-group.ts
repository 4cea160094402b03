import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { groupTree } from '../../group-tree.ts'
import { groupWith } from '../group-attributes.ts'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'

export const moveHostsToGroup = method({
  name: 'HostGroup.MoveHostsToGroup',
  audit: 'KLAUD_EV_OBJECTMODIFY',
  fidelity: 'documented',
  about: 'Moves hosts to a group; a mobile device is called by push',
  answer: '`{}`',
  assumed: 'an unknown host is told before anything moves',
  args: v.object({ nGroup: v.optional(Integer), pHostNames: v.pipe(v.array(v.string()), v.maxLength(10_000)) }),
  async run({ store, pushNeeded }, { nGroup = 0, pHostNames }) {
    groupWith(await groupTree(store), nGroup, 'nGroup')
    for (const hostId of pHostNames) await hostWith(store, hostId, 'pHostNames')
    for (const hostId of pHostNames) {
      const moved = await store.move(hostId, nGroup)
      // Policies and tasks come with the group.
      if (moved) pushNeeded(moved)
    }
    return {}
  },
})
