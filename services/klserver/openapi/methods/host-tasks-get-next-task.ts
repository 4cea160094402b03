import * as v from 'valibot'
import { method } from '../method.ts'

export const hostTasksGetNextTask = method({
  name: 'HostTasks.GetNextTask',
  fidelity: 'documented',
  about: 'The next task of a host',
  answer: '`pTaskData`; empty at the end',
  args: v.object({ strSrvObjId: v.string() }),
  run: ({ hostTasks, caller }, { strSrvObjId }) => ({
    pTaskData: hostTasks.of(caller.user, strSrvObjId).left.shift() ?? {},
  }),
})
