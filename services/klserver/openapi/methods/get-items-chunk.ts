import * as v from 'valibot'
import { method } from '../method.ts'
import { Count } from '../search.ts'

/** More than there is may be asked for: clients ask for 100,000. */
export const getItemsChunk = method({
  name: 'ChunkAccessor.GetItemsChunk',
  fidelity: 'documented',
  about: 'Items of a found set; more than there is may be asked for',
  answer: '`PxgRetVal`: how many, `pChunk.KLCSP_ITERATOR_ARRAY`',
  args: v.object({
    strAccessor: v.string(),
    nStart: Count,
    nCount: Count,
  }),
  run({ accessors, caller }, { strAccessor, nStart = 0, nCount = 0 }) {
    const items = accessors.items(caller.user, strAccessor).slice(nStart, nStart + nCount)
    return { PxgRetVal: items.length, pChunk: { KLCSP_ITERATOR_ARRAY: items } }
  },
})
