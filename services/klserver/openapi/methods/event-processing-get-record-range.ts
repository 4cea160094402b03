import * as v from 'valibot'
import { method } from '../method.ts'
import { Count } from '../search.ts'

export const eventProcessingGetRecordRange = method({
  name: 'EventProcessing.GetRecordRange',
  fidelity: 'documented',
  about: 'Events of an iterator; `nEnd` is inclusive',
  answer: '`pParamsEvents.KLEVP_EVENT_RANGE_ARRAY`',
  args: v.object({ strIteratorId: v.string(), nStart: Count, nEnd: Count }),
  run({ accessors, caller }, { strIteratorId, nStart = 0, nEnd = 0 }) {
    const events = accessors.items(caller.user, strIteratorId, 'strIteratorId')
    return { pParamsEvents: { KLEVP_EVENT_RANGE_ARRAY: events.slice(nStart, nEnd + 1) } }
  },
})
