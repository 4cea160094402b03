import * as v from 'valibot'
import { method } from '../method.ts'

export const getRecordCount = method({
  name: 'SrvView.GetRecordCount',
  args: v.object({ wstrIteratorId: v.string() }),
  run: ({ accessors, caller }, { wstrIteratorId }) => ({
    PxgRetVal: accessors.items(caller.user, wstrIteratorId, 'wstrIteratorId').length,
  }),
})
