/** Fields of the view GlobalUsersListSrvViewName. The lab has one internal user. */
import { createHash } from 'node:crypto'
import { attributeIn, fieldsIn } from './pick.ts'
import type { Records } from './search.ts'
import { binary, long } from './types.ts'

/** Its number (assumed). */
export const ADMINISTRATOR = 1

const attributes = {
  ul_llTrusteeId: () => long(ADMINISTRATOR),
  ul_binId: (user: string) => binary(createHash('md5').update(user).digest()),
  ul_wstrDisplayName: (user: string) => user,
  ul_nVServer: () => 0,
}

export const userRecords = (user: string): Records<string> => ({
  items: [user],
  attribute: attributeIn(attributes),
  fields: fieldsIn(attributes),
})
