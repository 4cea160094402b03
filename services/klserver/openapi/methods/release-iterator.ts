import * as v from 'valibot'
import { method } from '../method.ts'

export const releaseIterator = method({
  name: 'SrvView.ReleaseIterator',
  fidelity: 'documented',
  about: 'Forgets an iterator',
  answer: '`{}`',
  args: v.object({ wstrIteratorId: v.string() }),
  run({ accessors, caller }, { wstrIteratorId }) {
    accessors.release(caller.user, wstrIteratorId, 'wstrIteratorId')
    return {}
  },
})
