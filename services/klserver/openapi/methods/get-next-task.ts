import * as v from 'valibot'
import { method } from '../method.ts'

export const getNextTask = method({
  name: 'Tasks.GetNextTask',
  fidelity: 'documented',
  about: 'The next task of the list',
  answer: '`pTaskData`; empty at the end',
  args: v.object({ strTaskIteratorId: v.string() }),
  run({ accessors, caller }, { strTaskIteratorId }) {
    const next = accessors.items(caller.user, strTaskIteratorId, 'strTaskIteratorId').shift()
    return { pTaskData: next?.value ?? {} }
  },
})
