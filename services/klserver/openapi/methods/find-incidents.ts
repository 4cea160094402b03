import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { method } from '../method.ts'
import { FieldNames, Orders, type Records, search } from '../search.ts'

const NONE: Records<never> = { items: [], attribute: () => undefined, fields: () => ({}) }

export const findIncidents = method({
  name: 'HostGroup.FindIncidents',
  fidelity: 'documented',
  about: 'Finds incidents: the lab has none',
  answer: '`PxgRetVal`: 0, `strAccessor`',
  args: v.object({
    strFilter: v.optional(v.string()),
    pFieldsToReturn: v.optional(FieldNames),
    pFieldsToOrder: v.optional(Orders),
    lMaxLifeTime: v.optional(Integer),
  }),
  run: (call, { lMaxLifeTime, strFilter }) =>
    search(call, 'HostGroup.FindIncidents', { wstrFilter: strFilter, lMaxLifeTime }, NONE),
})
