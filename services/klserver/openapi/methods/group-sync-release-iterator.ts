import * as v from 'valibot'
import { method } from '../method.ts'

export const groupSyncReleaseIterator = method({
  name: 'GroupSyncIterator.ReleaseIterator',
  fidelity: 'documented',
  about: 'Forgets an iterator',
  answer: '`{}`',
  args: v.object({ szwIterator: v.string() }),
  run({ accessors, caller }, { szwIterator }) {
    accessors.release(caller.user, szwIterator, 'szwIterator')
    return {}
  },
})
