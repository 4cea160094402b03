import type { Fault } from './fault.ts'
import { type Gate, NOTHING, plain, splice } from './splice.ts'

/** The time between two signs of life on a signal connection: the first time-out that does harm. */
const DEFAULT_SECONDS = 30

/** A proxy or firewall with a time-out for idle connections. A `silent` one forgets them without a word to either side. */
export const idleCut: Fault = {
  seen: {
    initiator:
      'A connection on which all is well, until nobody speaks for some seconds: then FIN, RST, or nothing any more.',
    responder: 'The same.',
  },
  tcp:
    ({ upstream, seconds = DEFAULT_SECONDS, way = 'silent' }) =>
    async (client, dial) => {
      const server = await dial(upstream)
      let forgotten = false
      const idle = setTimeout(() => {
        forgotten = true
        for (const end of [client, server]) {
          if (way === 'fin') end.end()
          else if (way === 'rst') end.resetAndDestroy()
        }
      }, seconds * 1_000)
      const gate: Gate = {
        bytes(chunk) {
          if (forgotten) return NOTHING
          idle.refresh()
          return chunk
        },
        ends: () => !forgotten,
      }
      for (const end of [client, server]) end.once('close', () => clearTimeout(idle))
      splice(plain(client), plain(server), { request: gate, reply: gate })
    },
}
