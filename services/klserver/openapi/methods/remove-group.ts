import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { devicesBelow, groupTree } from '../../group-tree.ts'
import { notPermitted } from '../errors.ts'
import { groupWith } from '../group-attributes.ts'
import { method } from '../method.ts'

const ONLY_EMPTY = 1
const WITH_HOSTS = 3

export const removeGroup = method({
  name: 'HostGroup.RemoveGroup',
  audit: 'KLAUD_EV_ADMGROUP_CHANGED',
  fidelity: 'documented',
  about: 'Removes a group; `nFlags` 1: only if it is empty, 2: with subgroups, policies and tasks, 3: with hosts too',
  answer: '`strActionGuid`',
  assumed:
    'what is not permitted is refused at once; a removed host that comes again is a new one in "Managed devices"',
  args: v.object({ nGroup: Integer, nFlags: v.optional(Integer) }),
  async run({ store, actions, caller }, { nGroup, nFlags = ONLY_EMPTY }) {
    const tree = await groupTree(store)
    const group = groupWith(tree, nGroup, 'nGroup')
    if (group.parentId === null) throw notPermitted(`nGroup: ${group.name} is predefined and stays`)
    const ids = tree.below(nGroup)
    const hosts = await devicesBelow(store, tree, nGroup)
    const owned = [...(await store.policies()), ...(await store.tasks())].filter(({ groupId }) => ids.includes(groupId))
    if (nFlags <= ONLY_EMPTY && (ids.length > 1 || owned.length > 0))
      throw notPermitted('nGroup: it has subgroups, policies or tasks; nFlags 2 removes them with it')
    if (nFlags < WITH_HOSTS && hosts.length > 0)
      throw notPermitted('nGroup: there are hosts in it; nFlags 3 removes them with it')
    for (const { hostId } of hosts) await store.removeDevice(hostId)
    await store.removeGroups(ids)
    return { strActionGuid: actions.finished(caller.user) }
  },
})
