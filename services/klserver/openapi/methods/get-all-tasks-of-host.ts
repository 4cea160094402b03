import * as v from 'valibot'
import { groupTree } from '../../group-tree.ts'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'
import { tasksOf } from '../task-data.ts'

export const getAllTasksOfHost = method({
  name: 'Tasks.GetAllTasksOfHost',
  fidelity: 'documented',
  about: 'Group tasks of a host',
  answer: '`PxgRetVal`: their ids',
  args: v.object({ strDomainName: v.optional(v.string()), strHostName: v.string() }),
  async run({ store }, { strHostName }) {
    const { groupId } = await hostWith(store, strHostName, 'strHostName')
    const tasks = await tasksOf(store, await groupTree(store), groupId)
    return { PxgRetVal: tasks.map(({ number }) => String(number)) }
  },
})
