import * as v from 'valibot'
import { groupTree } from '../../group-tree.ts'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'
import { taskData, tasksOf, tasksThat } from '../task-data.ts'

export const hostTasksResetTasksIterator = method({
  name: 'HostTasks.ResetTasksIterator',
  fidelity: 'documented',
  about: 'Lists the tasks of a host from the first one',
  answer: '`{}`',
  assumed: 'they are those of its groups: the lab has no local tasks',
  args: v.object({
    strSrvObjId: v.string(),
    strProductName: v.optional(v.string()),
    strVersion: v.optional(v.string()),
    strComponentName: v.optional(v.string()),
    strInstanceId: v.optional(v.string()),
    strTaskName: v.optional(v.string()),
  }),
  async run({ store, hostTasks, caller }, { strSrvObjId, ...filter }) {
    const list = hostTasks.of(caller.user, strSrvObjId)
    const tree = await groupTree(store)
    const { groupId } = await hostWith(store, list.hostId, 'strSrvObjId')
    const data = (await tasksOf(store, tree, groupId)).map(task => taskData(tree, task))
    list.left = tasksThat(data, filter)
    return {}
  },
})
