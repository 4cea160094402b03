import type { Fault } from './fault.ts'
import { plain, splice } from './splice.ts'

/** The control case: a middlebox that does nothing wrong. */
export const delivered: Fault = {
  seen: {
    initiator: 'The answer, byte for byte.',
    responder: 'The request, byte for byte, from the address of the middlebox.',
  },
  tcp:
    ({ upstream }) =>
    async (client, dial) =>
      splice(plain(client), plain(await dial(upstream))),
  udp: ({ upstream }) => ({ to: upstream, requests: 'pass', replies: 'pass' }),
}
