import * as v from 'valibot'
import { method } from '../method.ts'

export const eventProcessingReleaseIterator = method({
  name: 'EventProcessing.ReleaseIterator',
  fidelity: 'documented',
  about: 'Forgets an iterator',
  answer: '`{}`',
  args: v.object({ strIteratorId: v.string() }),
  run({ accessors, caller }, { strIteratorId }) {
    accessors.release(caller.user, strIteratorId, 'strIteratorId')
    return {}
  },
})
