import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** What is kept of a password. */
export interface PasswordHash {
  salt: Buffer
  key: Buffer
}

const KEY_LENGTH = 32
const derive = promisify<string, Buffer, number, Buffer>(scrypt)

/** scrypt with node's own cost (N 16384, r 8, p 1), some 40 ms and 16 MiB a guess. */
export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16)
  return { salt, key: await derive(password, salt, KEY_LENGTH) }
}

/** Takes the same time whatever is wrong. */
export const isPassword = async (password: string, { salt, key }: PasswordHash): Promise<boolean> =>
  timingSafeEqual(await derive(password, salt, KEY_LENGTH), key)
