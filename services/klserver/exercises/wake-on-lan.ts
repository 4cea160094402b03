import { hostNamed } from '../../../shared/config/topology.ts'
import { cardOf } from '../../../shared/config/zones.ts'
import { NetError } from '../../../shared/net/errors.ts'
import type { Exercise } from '../../../shared/service.ts'
import { magicPacket } from '../../../shared/wire/magic-packet.ts'
import type { Administration } from '../administration.ts'

/** x-wol: a magic packet to the card of a device that is off. A card answers nothing. */
export const wakeOnLan =
  ({ topology }: Administration): Exercise =>
  async (host, { nonce, to }) => {
    const device = hostNamed(topology, to.host)
    if (!device) throw new NetError('NO_DEVICE', `${to.host} is no host of this lab`)
    const peer = await host.udpTo(to)
    try {
      await peer.send(magicPacket(cardOf(device), nonce))
      peer.observe({ what: 'request-sent', detail: { nonce } })
    } finally {
      peer.close()
    }
  }
