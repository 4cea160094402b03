import { type Fault, NOBODY_LISTENS } from './fault.ts'

/** A port that is forwarded nowhere, or a firewall that rejects with RST (TCP) or "port unreachable" (UDP). */
export const refused: Fault = {
  seen: {
    initiator: 'ECONNREFUSED at connect; over UDP, on a connected socket, after the first datagram.',
    responder: 'Nothing.',
  },
  tcp: NOBODY_LISTENS,
  udp: NOBODY_LISTENS,
}
