import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { groupTree } from '../../group-tree.ts'
import { method } from '../method.ts'
import { taskData, tasksOf, tasksThat } from '../task-data.ts'
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
    bIncludeSupergroups: v.optional(v.boolean()),
    strProductName: v.optional(v.string()),
    strVersion: v.optional(v.string()),
    strComponentName: v.optional(v.string()),
    strInstanceId: v.optional(v.string()),
    strTaskName: v.optional(v.string()),
  }),
  async run({ store, accessors, caller }, args) {
    const { nGroupId = 0, bGroupIdSignificant = false, bIncludeSupergroups = false } = args
    const tree = await groupTree(store)
    const tasks = bIncludeSupergroups ? await tasksOf(store, tree, nGroupId) : await store.tasks()
    const data = tasks
      .filter(({ groupId }) => !bGroupIdSignificant || bIncludeSupergroups || groupId === nGroupId)
      .map(task => taskData(tree, task))
    const found = tasksThat(data, args).map(params)
    return { strTaskIteratorId: accessors.keep(caller.user, found, LIFETIME) }
  },
})
