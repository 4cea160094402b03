import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { eventRecords } from '../event-attributes.ts'
import { method } from '../method.ts'
import { search, viewArgs } from '../search.ts'
import { userRecords } from '../user-attributes.ts'

export const resetIterator = method({
  name: 'SrvView.ResetIterator',
  fidelity: 'documented',
  about:
    'Reads a view: `EventsSrvViewName` (the 1,000 newest events) or `GlobalUsersListSrvViewName`; `pParams` {`TOP_N`}',
  answer: '`wstrIteratorId`',
  assumed: 'the names of its arguments, as clients send them; `hostname` of an event',
  args: v.object({
    ...viewArgs,
    wstrFilter: v.optional(v.string()),
    wstrViewName: v.picklist(['EventsSrvViewName', 'GlobalUsersListSrvViewName']),
    pParams: v.optional(v.object({ TOP_N: v.optional(Integer) })),
    lifetimeSec: v.optional(Integer),
  }),
  async run(call, { lifetimeSec, wstrViewName, pParams, ...args }) {
    const view = { ...args, lMaxLifeTime: lifetimeSec, top: pParams?.TOP_N }
    const found =
      wstrViewName === 'EventsSrvViewName'
        ? search(call, 'SrvView.ResetIterator', view, await eventRecords(call.store, await call.store.events()))
        : search(call, 'SrvView.ResetIterator', view, userRecords(call.users))
    return { wstrIteratorId: found.strAccessor }
  },
})
