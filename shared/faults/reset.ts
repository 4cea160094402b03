import type { Fault } from './fault.ts'
import { untilFirstBytes } from './first-bytes.ts'

/** An inspecting firewall that recognises the protocol and tears the connection down on both sides. */
export const reset: Fault = {
  seen: {
    initiator: 'RST (ECONNRESET) right after its first bytes.',
    responder: 'RST (ECONNRESET) before a byte came.',
  },
  tcp:
    ({ upstream }) =>
    async (client, dial) =>
      // Node's destroy() would say goodbye with FIN.
      untilFirstBytes(client, await dial(upstream), end => end.resetAndDestroy()),
}
