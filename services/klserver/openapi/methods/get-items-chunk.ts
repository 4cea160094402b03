import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { method } from '../method.ts'

/** More than there is may be asked for: clients ask for 100,000. */
export const getItemsChunk = method({
  name: 'ChunkAccessor.GetItemsChunk',
  args: v.object({
    strAccessor: v.string(),
    // One client leaves out what is 0.
    nStart: v.optional(v.pipe(Integer, v.minValue(0))),
    nCount: v.optional(v.pipe(Integer, v.minValue(0))),
  }),
  run({ accessors, caller }, { strAccessor, nStart = 0, nCount = 0 }) {
    const items = accessors.items(caller.user, strAccessor).slice(nStart, nStart + nCount)
    return { PxgRetVal: items.length, pChunk: { KLCSP_ITERATOR_ARRAY: items } }
  },
})
