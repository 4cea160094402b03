import * as v from 'valibot'
import { Integer } from '../../../../shared/wire/messages/fields.ts'
import { method } from '../method.ts'
import { params } from '../types.ts'
import { ADMINISTRATOR } from '../user-attributes.ts'

export const getUsers = method({
  name: 'SecurityPolicy.GetUsers',
  fidelity: 'documented',
  about: 'Internal users: the administrator of the lab; `lUserId` 0: all',
  answer: '`PxgRetVal`: {`KLSPL_USER_ID`, `KLSPL_USER_NAME`, `KLSPL_USER_FULL_NAME`, `KLSPL_USER_MAIL`}',
  assumed: 'the number, and that 0 is all',
  args: v.object({ lUserId: v.optional(Integer), lVsId: v.optional(Integer) }),
  run: ({ caller: { user } }, { lUserId = 0 }) => ({
    PxgRetVal:
      lUserId === 0 || lUserId === ADMINISTRATOR
        ? [
            params({
              KLSPL_USER_ID: ADMINISTRATOR,
              KLSPL_USER_NAME: user,
              KLSPL_USER_FULL_NAME: user,
              KLSPL_USER_MAIL: '',
            }),
          ]
        : [],
  }),
})
