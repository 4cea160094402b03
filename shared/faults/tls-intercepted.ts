import { peek } from '../net/peek.ts'
import type { Fault } from './fault.ts'
import { splice } from './splice.ts'
import { contextOf, endTls, startTls } from './tls-ends.ts'

/** ms for the ClientHello: as long as the lab's own listeners wait for it. */
const HELLO_TIMEOUT = 10_000

/**
 * A firewall with TLS inspection. It shakes hands with the responder first, under the name and the protocols that the
 * client asks for, so that the responder presents its certificate even where the initiator then refuses the other one.
 */
export const tlsIntercepted: Fault = {
  seen: {
    initiator: "The middlebox's certificate in place of the responder's.",
    responder: "The middlebox's ClientHello, no client certificate, and the request if the initiator accepts.",
  },
  tcp: settings => {
    const context = contextOf(settings)
    return async (client, dial) => {
      const first = await peek(client, HELLO_TIMEOUT)
      if (first?.kind !== 'tls') throw new Error('no ClientHello came')
      const { sni, alpn } = first.hello
      const upstream = await startTls(await dial(settings.upstream), {
        ...(sni === null ? {} : { servername: sni }),
        ...(alpn.length ? { ALPNProtocols: alpn } : {}),
      })
      const chosen = upstream.stream.alpnProtocol
      splice(await endTls(client, context, chosen ? [chosen] : []), upstream)
    }
  },
}
