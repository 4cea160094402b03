import * as v from 'valibot'
import { groupTree } from '../../group-tree.ts'
import { method } from '../method.ts'
import { taskData, taskWith } from '../task-data.ts'

export const hostTasksGetTaskData = method({
  name: 'HostTasks.GetTaskData',
  fidelity: 'documented',
  about: 'Settings of a task of a host',
  answer: '`PxgRetVal`: as `pTaskData`',
  args: v.object({ strSrvObjId: v.string(), strTask: v.string() }),
  async run({ store, hostTasks, caller }, { strSrvObjId, strTask }) {
    hostTasks.of(caller.user, strSrvObjId)
    return { PxgRetVal: taskData(await groupTree(store), await taskWith(store, strTask)) }
  },
})
