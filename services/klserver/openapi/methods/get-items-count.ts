import * as v from 'valibot'
import { method } from '../method.ts'

export const getItemsCount = method({
  name: 'ChunkAccessor.GetItemsCount',
  fidelity: 'documented',
  about: 'How many items a found set has',
  answer: '`PxgRetVal`: how many',
  args: v.object({ strAccessor: v.string() }),
  run: ({ accessors, caller }, { strAccessor }) => ({ PxgRetVal: accessors.items(caller.user, strAccessor).length }),
})
