import type { Fault } from './fault.ts'
import { plain, splice } from './splice.ts'
import { contextOf, endTls } from './tls-ends.ts'

/** A proxy that ends TLS (`listen ... ssl`) and forgets to start it again towards the backend (no `proxy_ssl on`). */
export const plaintextArrived: Fault = {
  seen: {
    initiator: "A finished handshake with the middlebox's certificate; then whatever the responder says to plaintext.",
    responder: 'The inner bytes, in plaintext, on its TLS port.',
  },
  tcp: settings => {
    const context = contextOf(settings)
    return async (client, dial) => {
      const leg = await endTls(client, context)
      splice(leg, plain(await dial(settings.upstream)))
    }
  },
}
