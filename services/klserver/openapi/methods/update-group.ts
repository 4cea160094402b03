import * as v from 'valibot'
import { Integer, Name } from '../../../../shared/wire/messages/fields.ts'
import { groupTree } from '../../group-tree.ts'
import { isSameName } from '../../store/index.ts'
import { notPermitted } from '../errors.ts'
import { groupWith } from '../group-attributes.ts'
import { method } from '../method.ts'

export const updateGroup = method({
  name: 'HostGroup.UpdateGroup',
  audit: 'KLAUD_EV_ADMGROUP_CHANGED',
  fidelity: 'documented',
  about: 'Renames a group, or moves it below another one',
  answer: '`{}`',
  assumed: 'other fields are read over',
  args: v.object({ nGroup: Integer, pInfo: v.object({ name: v.optional(Name), parentId: v.optional(Integer) }) }),
  async run({ store, now }, { nGroup, pInfo }) {
    const tree = await groupTree(store)
    const group = groupWith(tree, nGroup, 'nGroup')
    if (group.parentId === null) throw notPermitted(`nGroup: ${group.name} is predefined; it keeps its name and place`)
    const { name = group.name, parentId = group.parentId } = pInfo
    groupWith(tree, parentId, 'pInfo.parentId')
    if (tree.below(nGroup).includes(parentId)) throw notPermitted('pInfo.parentId: a group cannot be below itself')
    if (tree.children(parentId).some(other => other.id !== nGroup && isSameName(other.name, name)))
      throw notPermitted(`pInfo.name: there is a group ${JSON.stringify(name)} already`)
    await store.changeGroup(nGroup, { name, parentId, at: now() })
    return {}
  },
})
