import type { Handler } from './serve-sessions.ts'

/** Every role may ask whether the other side still reads. */
export const answerPing: Handler<unknown, 'ping'> = (_context, { id, nonce }) => ({
  type: 'pong',
  id,
  ...(nonce === undefined ? {} : { nonce }),
})
