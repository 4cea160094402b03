import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { method } from '../method.ts'

export const getVServers = method({
  name: 'VServers.GetVServers',
  fidelity: 'documented',
  about: 'Virtual Servers: the lab has none',
  answer: '`PxgRetVal`: empty',
  args: v.object({ lParentGroup: v.optional(Integer) }),
  run: () => ({ PxgRetVal: [] }),
})
