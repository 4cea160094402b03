import * as v from 'valibot'
import { method } from '../method.ts'

export const releaseIterator = method({
  name: 'SrvView.ReleaseIterator',
  args: v.object({ wstrIteratorId: v.string() }),
  run({ accessors, caller }, { wstrIteratorId }) {
    accessors.release(caller.user, wstrIteratorId, 'wstrIteratorId')
    return {}
  },
})
