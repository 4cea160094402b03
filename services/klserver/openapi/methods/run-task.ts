import * as v from 'valibot'
import { devicesBelow, groupTree } from '../../group-tree.ts'
import { callAll } from '../call-all.ts'
import { method } from '../method.ts'
import { taskWith } from '../task-data.ts'

export const runTask = method({
  name: 'Tasks.RunTask',
  audit: 'KLAUD_EV_TASK_STATE_CHANGED',
  fidelity: 'documented',
  about: 'Runs a task: the devices of its group are called, and have done it once they synchronise',
  answer: '`{}`',
  assumed: 'it has failed on a device that does not come within 10 seconds',
  args: v.object({ strTask: v.string() }),
  async run({ store, synchronise, now, log }, { strTask }) {
    const { number, name, groupId } = await taskWith(store, strTask)
    const hosts = await devicesBelow(store, await groupTree(store), groupId)
    await store.startTask(
      number,
      hosts.map(({ hostId }) => hostId),
      now(),
    )
    callAll(hosts, synchronise).catch(({ message: reason }: Error) => log.info({ task: name, reason }, 'a task waits'))
    return {}
  },
})
