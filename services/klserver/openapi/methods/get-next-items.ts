import * as v from 'valibot'
import { method } from '../method.ts'
import { Count } from '../search.ts'

export const getNextItems = method({
  name: 'GroupSyncIterator.GetNextItems',
  fidelity: 'documented',
  about: 'The next items of an iterator',
  answer: '`PxgRetVal`: how many, `bEOF`, `pData.KLCSP_ITERATOR_ARRAY`',
  args: v.object({ szwIterator: v.string(), nCount: Count }),
  run({ accessors, caller }, { szwIterator, nCount = 0 }) {
    const left = accessors.items(caller.user, szwIterator, 'szwIterator')
    const items = left.splice(0, nCount)
    return { PxgRetVal: items.length, bEOF: left.length === 0, pData: { KLCSP_ITERATOR_ARRAY: items } }
  },
})
