import * as v from 'valibot'
import { method } from '../method.ts'

export const getItemsCount = method({
  name: 'ChunkAccessor.GetItemsCount',
  args: v.object({ strAccessor: v.string() }),
  run: ({ accessors, caller }, { strAccessor }) => ({ PxgRetVal: accessors.items(caller.user, strAccessor).length }),
})
