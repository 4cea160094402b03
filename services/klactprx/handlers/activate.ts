import type { Handler } from '../../../shared/net/serve-sessions.ts'

/** A licence term of one year, as commercial licences usually have (assumed). */
const TERM = 365 * 24 * 3_600_000

export const activate: Handler<null, 'activate'> = (_context, { id, nonce, product }) => ({
  type: 'activated',
  id,
  nonce,
  product,
  validTo: Date.now() + TERM,
})
