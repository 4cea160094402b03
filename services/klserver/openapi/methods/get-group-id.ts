import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { groupTree } from '../../group-tree.ts'
import { isSameName } from '../../store/index.ts'
import { method } from '../method.ts'

export const getGroupId = method({
  name: 'HostGroup.GetGroupId',
  fidelity: 'documented',
  about: 'The group of that name below that parent',
  answer: '`PxgRetVal`: its id, or -1',
  assumed: 'case does not matter',
  args: v.object({ nParent: v.optional(Integer), strName: v.string() }),
  async run({ store }, { nParent = 0, strName }) {
    const tree = await groupTree(store)
    const found = tree.children(nParent).find(({ name }) => isSameName(name, strName))
    return { PxgRetVal: found?.id ?? -1 }
  },
})
