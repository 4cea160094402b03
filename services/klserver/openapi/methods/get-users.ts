import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { method } from '../method.ts'
import { userList } from '../user-attributes.ts'

export const getUsers = method({
  name: 'SecurityPolicy.GetUsers',
  fidelity: 'documented',
  about: 'Internal users of the lab; `lUserId` 0: all',
  answer: '`PxgRetVal`: {`KLSPL_USER_ID`, `KLSPL_USER_NAME`, `KLSPL_USER_FULL_NAME`, `KLSPL_USER_MAIL`}',
  assumed: 'the numbers, and that 0 is all',
  args: v.object({ lUserId: v.optional(Integer), lVsId: v.optional(Integer) }),
  run: ({ users }, { lUserId = 0 }) => ({ PxgRetVal: userList(users, lUserId) }),
})
