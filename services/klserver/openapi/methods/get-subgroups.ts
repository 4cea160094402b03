import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { type GroupTree, groupTree } from '../../group-tree.ts'
import { groupWith } from '../group-attributes.ts'
import { method } from '../method.ts'
import { type Params, params } from '../types.ts'

/** `groups` is absent where there are none, or no more are asked for. */
const subgroups = (tree: GroupTree, parent: number, depth: number): Params[] =>
  tree.children(parent).map(({ id, name }) => {
    const groups = depth > 1 ? subgroups(tree, id, depth - 1) : []
    return params({ id, name, ...(groups.length > 0 ? { groups } : {}) })
  })

export const getSubgroups = method({
  name: 'HostGroup.GetSubgroups',
  fidelity: 'documented',
  about: 'Groups below a group, `nDepth` levels; 0: all',
  answer: '`PxgRetVal`: {`id`, `name`, `groups`}',
  args: v.object({ nGroupId: v.optional(Integer), nDepth: v.optional(Integer) }),
  async run({ store }, { nGroupId = 0, nDepth = 0 }) {
    const tree = await groupTree(store)
    groupWith(tree, nGroupId, 'nGroupId')
    return { PxgRetVal: subgroups(tree, nGroupId, nDepth > 0 ? nDepth : Number.POSITIVE_INFINITY) }
  },
})
