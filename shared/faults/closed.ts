import type { Fault } from './fault.ts'
import { untilFirstBytes } from './first-bytes.ts'

/** A proxy that looks at the first bytes and hangs up politely: no route for this name, not the protocol it expects. */
export const closed: Fault = {
  seen: {
    initiator: 'FIN right after its first bytes.',
    responder: 'A connection that ends with FIN before a byte came.',
  },
  tcp:
    ({ upstream }) =>
    async (client, dial) =>
      untilFirstBytes(client, await dial(upstream), end => end.end()),
}
