import * as v from 'valibot'
import { method } from '../method.ts'

export const releaseTasksIterator = method({
  name: 'Tasks.ReleaseTasksIterator',
  fidelity: 'documented',
  about: 'Forgets the list',
  answer: '`{}`',
  args: v.object({ strTaskIteratorId: v.string() }),
  run({ accessors, caller }, { strTaskIteratorId }) {
    accessors.release(caller.user, strTaskIteratorId, 'strTaskIteratorId')
    return {}
  },
})
