import * as v from 'valibot'
import { method } from '../method.ts'

export const getRecordCount = method({
  name: 'SrvView.GetRecordCount',
  fidelity: 'documented',
  about: 'How many records an iterator has',
  answer: '`PxgRetVal`: how many',
  args: v.object({ wstrIteratorId: v.string() }),
  run: ({ accessors, caller }, { wstrIteratorId }) => ({
    PxgRetVal: accessors.items(caller.user, wstrIteratorId, 'wstrIteratorId').length,
  }),
})
