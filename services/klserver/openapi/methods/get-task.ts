import * as v from 'valibot'
import { method } from '../method.ts'
import { taskFields, taskWith } from '../task-data.ts'

export const getTask = method({
  name: 'Tasks.GetTask',
  fidelity: 'documented',
  about: 'Attributes of a task',
  answer: '`PxgRetVal`: attributes',
  args: v.object({ strTask: v.string() }),
  run: async ({ store }, { strTask }) => ({ PxgRetVal: taskFields(await taskWith(store, strTask)) }),
})
