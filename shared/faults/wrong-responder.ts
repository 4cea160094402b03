import type { Endpoint } from '../journal/observation.ts'
import type { Fault, Settings } from './fault.ts'
import { plain, splice } from './splice.ts'

/** A forwarding rule with the wrong address or port in it. */
export const wrongResponder: Fault = {
  seen: {
    initiator: 'Somebody answers, and it is not the responder it meant.',
    responder: 'Nothing; somebody else gets its request.',
  },
  tcp: settings => {
    const elsewhere = elsewhereOf(settings)
    return async (client, dial) => splice(plain(client), plain(await dial(elsewhere)))
  },
  udp: settings => ({ to: elsewhereOf(settings), requests: 'pass', replies: 'pass' }),
}

function elsewhereOf({ fault, elsewhere }: Settings): Endpoint {
  if (!elsewhere) throw new Error(`The fault "${fault}" needs options.elsewhere: the address and port it leads to.`)
  return elsewhere
}
