import type { Fault } from './fault.ts'
import { handshakeGates } from './handshake-gate.ts'
import { plain, splice } from './splice.ts'

/** The way there is open and the way back is not. The responder's FIN and RST are lost with its answer. */
export const replyLost: Fault = {
  seen: {
    initiator: 'A connection, its TLS handshake finished, and no answer.',
    responder: 'The request, which it answers.',
  },
  tcp:
    ({ upstream }) =>
    async (client, dial) => {
      const gates = handshakeGates()
      const server = await dial(upstream)
      splice(plain(client), plain(server), { request: gates.open('client'), reply: gates.handshakeOnly('server') })
    },
  udp: ({ upstream }) => ({ to: upstream, requests: 'pass', replies: 'lost' }),
}
