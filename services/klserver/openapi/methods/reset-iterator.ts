import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { eventAttribute, eventFields } from '../event-attributes.ts'
import { method } from '../method.ts'
import { search, viewArgs } from '../search.ts'

const name = 'SrvView.ResetIterator'

export const resetIterator = method({
  name,
  fidelity: 'documented',
  about: 'Reads a view: `EventsSrvViewName`, the 1,000 newest events',
  answer: '`wstrIteratorId`',
  assumed: 'the names of its arguments, as one client sends them; `hostname` of an event',
  args: v.object({
    ...viewArgs,
    wstrViewName: v.picklist(['EventsSrvViewName']),
    lifetimeSec: v.optional(Integer),
  }),
  async run(call, { lifetimeSec, ...args }) {
    const records = { items: await call.store.events(), attribute: eventAttribute, fields: eventFields }
    return { wstrIteratorId: search(call, name, { ...args, lMaxLifeTime: lifetimeSec }, records).strAccessor }
  },
})
