import type { Fault } from './fault.ts'
import { handshakeGates } from './handshake-gate.ts'
import { plain, splice } from './splice.ts'

/** Stateful inspection or an MTU hole: the handshake is let through, the request is not. Its FIN and RST are lost with it. */
export const requestLost: Fault = {
  seen: {
    initiator: 'A connection, its TLS handshake finished, and no answer.',
    responder: 'A connection, its TLS handshake finished, and no request.',
  },
  tcp:
    ({ upstream }) =>
    async (client, dial) => {
      const gates = handshakeGates()
      const server = await dial(upstream)
      splice(plain(client), plain(server), { request: gates.handshakeOnly('client'), reply: gates.open('server') })
    },
  udp: ({ upstream }) => ({ to: upstream, requests: 'lost', replies: 'pass' }),
}
