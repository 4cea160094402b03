import * as v from 'valibot'
import { groupTree } from '../../group-tree.ts'
import { method } from '../method.ts'
import { taskData, taskWith } from '../task-data.ts'

export const getTaskData = method({
  name: 'Tasks.GetTaskData',
  fidelity: 'documented',
  about: 'Settings of a task',
  answer: '`PxgRetVal`: as `pTaskData` of GetNextTask',
  args: v.object({ strTask: v.string() }),
  run: async ({ store }, { strTask }) => ({
    PxgRetVal: taskData(await groupTree(store), await taskWith(store, strTask)),
  }),
})
