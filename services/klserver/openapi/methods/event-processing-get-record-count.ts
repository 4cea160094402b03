import * as v from 'valibot'
import { method } from '../method.ts'

export const eventProcessingGetRecordCount = method({
  name: 'EventProcessing.GetRecordCount',
  fidelity: 'documented',
  about: 'How many events an iterator has',
  answer: '`PxgRetVal`: how many',
  args: v.object({ strIteratorId: v.string() }),
  run: ({ accessors, caller }, { strIteratorId }) => ({
    PxgRetVal: accessors.items(caller.user, strIteratorId, 'strIteratorId').length,
  }),
})
