import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { groupTree } from '../../group-tree.ts'
import { method } from '../method.ts'
import { taskData } from '../task-data.ts'
import { params } from '../types.ts'

/** s; assumed. */
const LIFETIME = 600

export const resetTasksIterator = method({
  name: 'Tasks.ResetTasksIterator',
  fidelity: 'documented',
  about: 'Lists tasks; empty texts and null are any',
  answer: '`strTaskIteratorId`',
  assumed: 'component and instance are read over',
  args: v.object({
    nGroupId: v.optional(Integer),
    bGroupIdSignificant: v.optional(v.boolean()),
    strProductName: v.optional(v.string()),
    strVersion: v.optional(v.string()),
    strComponentName: v.optional(v.string()),
    strInstanceId: v.optional(v.string()),
    strTaskName: v.optional(v.string()),
    bIncludeSupergroups: v.optional(v.boolean()),
  }),
  async run({ store, accessors, caller }, args) {
    const { nGroupId = 0, bGroupIdSignificant = false, bIncludeSupergroups = false } = args
    const tree = await groupTree(store)
    const groups = tree.line(nGroupId).map(({ id }) => id)
    const ofGroup = (groupId: number) => (bIncludeSupergroups ? groups.includes(groupId) : groupId === nGroupId)
    const asked = {
      TASKID_PRODUCT_NAME: args.strProductName,
      TASKID_VERSION: args.strVersion,
      TASK_NAME: args.strTaskName,
    }
    const found = (await store.tasks())
      .filter(({ groupId }) => !bGroupIdSignificant || ofGroup(groupId))
      .map(task => taskData(tree, task))
      .filter(data => Object.entries(asked).every(([name, wanted]) => !wanted || data[name] === wanted))
    return { strTaskIteratorId: accessors.keep(caller.user, found.map(params), LIFETIME) }
  },
})
