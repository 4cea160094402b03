import * as v from 'valibot'
import { groupTree } from '../../group-tree.ts'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'

export const getAllTasksOfHost = method({
  name: 'Tasks.GetAllTasksOfHost',
  fidelity: 'documented',
  about: 'Group tasks of a host',
  answer: '`PxgRetVal`: their ids',
  args: v.object({ strDomainName: v.optional(v.string()), strHostName: v.string() }),
  async run({ store }, { strHostName }) {
    const { groupId } = await hostWith(store, strHostName, 'strHostName')
    const groups = (await groupTree(store)).line(groupId).map(({ id }) => id)
    const tasks = (await store.tasks()).filter(task => groups.includes(task.groupId))
    return { PxgRetVal: tasks.map(({ number }) => String(number)) }
  },
})
