import type { Fault } from './fault.ts'

/** A proxy whose port is open and whose backend is not configured: it takes everything and says nothing. */
export const silent: Fault = {
  seen: {
    initiator: 'An established connection on which nothing ever comes back; not even its own FIN is answered.',
    responder: 'Nothing.',
  },
  tcp: () => client => {
    client.resume()
  },
}
