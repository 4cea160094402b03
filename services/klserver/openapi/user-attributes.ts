/** Internal users: fields of the view GlobalUsersListSrvViewName and of SecurityPolicy.GetUsers. */
import { createHash } from 'node:crypto'
import { attributeIn, fieldsIn } from './pick.ts'
import type { Records } from './search.ts'
import { binary, long, type Params, params } from './types.ts'

/** Counted from 1 (assumed). */
interface User {
  id: number
  name: string
}

const usersOf = (names: readonly string[]): User[] => names.map((name, n) => ({ id: n + 1, name }))

const attributes = {
  ul_llTrusteeId: ({ id }: User) => long(id),
  ul_binId: ({ name }: User) => binary(createHash('md5').update(name).digest()),
  ul_wstrDisplayName: ({ name }: User) => name,
  ul_nVServer: () => 0,
}

export const userRecords = (names: readonly string[]): Records<User> => ({
  items: usersOf(names),
  attribute: attributeIn(attributes),
  fields: fieldsIn(attributes),
})

/** @param wanted one user; 0: all */
export const userList = (names: readonly string[], wanted: number): Params[] =>
  usersOf(names)
    .filter(({ id }) => wanted === 0 || wanted === id)
    .map(({ id, name }) =>
      params({ KLSPL_USER_ID: id, KLSPL_USER_NAME: name, KLSPL_USER_FULL_NAME: name, KLSPL_USER_MAIL: '' }),
    )
