import type { Socket } from 'node:net'
import type { Fault } from './fault.ts'
import { type Gate, NOTHING, plain, splice } from './splice.ts'

/** Past a TLS handshake and an HTTP head, and still within what a proxy buffers before it stops. */
const DEFAULT_AFTER = 64 * 1024

/** A transfer that begins well and stands still: full-size packets that a tunnel drops, a proxy out of buffer. */
export const stalled: Fault = {
  seen: {
    initiator: 'The beginning of the answer, then nothing, on an open connection.',
    responder: 'The whole request; its answer backs up.',
  },
  tcp:
    ({ upstream, after = DEFAULT_AFTER }) =>
    async (client, dial) =>
      splice(plain(client), plain(await dial(upstream)), { reply: only(after, client) }),
}

/** The first `left` bytes; then the sender is held back until the client has gone and nobody waits any more. */
function only(left: number, client: Socket): Gate {
  const gone = new Promise<Buffer>(resolve => {
    client.once('end', () => resolve(NOTHING)).once('close', () => resolve(NOTHING))
  })
  return {
    bytes(chunk) {
      if (left === 0) return gone
      const passed = chunk.subarray(0, left)
      left -= passed.length
      return passed
    },
    ends: () => left > 0,
  }
}
