import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Accounts } from '../../services/klserver/security/accounts.ts'
import { hashPassword, isPassword } from '../../services/klserver/security/password-hash.ts'

test('a hash proves its password and no other, and no two are the same', async () => {
  const [one, other] = [await hashPassword('Pa"ß'), await hashPassword('Pa"ß')]
  expect(one.key.equals(other.key)).toBe(false)
  expect(await Promise.all(['Pa"ß', 'Pa"ss', ''].map(password => isPassword(password, one)))).toEqual([
    true,
    false,
    false,
  ])
})

test('neither a right nor a wrong password is kept', async () => {
  const accounts = new Accounts({ administrator: { user: 'KLAdmin', password: 'right-one' }, attempts: 10 })
  expect(await accounts.check({ user: 'KLAdmin', password: 'wrong-one' })).toBe('wrong')
  expect(await accounts.check({ user: 'KLAdmin', password: 'right-one' })).toBe('accepted')
  expect(await accounts.check({ user: 'KLAdmin', password: 'right-one' })).toBe('accepted')
  expect(inspect(accounts, { showHidden: true, depth: 9 })).not.toMatch(/right-one|wrong-one/)
})
