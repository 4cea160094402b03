import * as v from 'valibot'
import { hostWith } from '../host-with.ts'
import { method } from '../method.ts'

export const getHostTasks = method({
  name: 'HostGroup.GetHostTasks',
  fidelity: 'documented',
  about: 'An id by which HostTasks reads the tasks of a host',
  answer: '`PxgRetVal`: the id',
  args: v.object({ strHostName: v.string() }),
  async run({ store, hostTasks, caller }, { strHostName }) {
    const { hostId } = await hostWith(store, strHostName, 'strHostName')
    return { PxgRetVal: hostTasks.open(caller.user, hostId) }
  },
})
