import * as v from 'valibot'
import { method } from '../method.ts'
import { Count } from '../search.ts'

/** nEnd is the last record, not the one after it; past the end it is cut (the vendor's samples step by `end + 1`). */
export const getRecordRange = method({
  name: 'SrvView.GetRecordRange',
  fidelity: 'documented',
  about: 'Records of an iterator; `nEnd` is inclusive',
  answer: '`pRecords.KLCSP_ITERATOR_ARRAY`',
  args: v.object({
    wstrIteratorId: v.string(),
    nStart: Count,
    nEnd: Count,
  }),
  run({ accessors, caller }, { wstrIteratorId, nStart = 0, nEnd = 0 }) {
    const items = accessors.items(caller.user, wstrIteratorId, 'wstrIteratorId')
    return { pRecords: { KLCSP_ITERATOR_ARRAY: items.slice(nStart, nEnd + 1) } }
  },
})
