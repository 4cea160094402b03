/** The network card of a managed device, which listens while the device is off: UDP 7 for Wake-on-LAN (assumed: no page that states the number was found). */
import { hostNamed } from '../../shared/config/topology.ts'
import { cardOf } from '../../shared/config/zones.ts'
import type { Service, StartService } from '../../shared/service.ts'
import { readMagicPacket } from '../../shared/wire/magic-packet.ts'

export const start: StartService = async ({ host, topology, log }): Promise<Service> => {
  const self = hostNamed(topology, host.name)
  if (!self) throw new Error(`${host.name} is no host of its topology`)
  const own = cardOf(self)
  const listener = await host.udp(7, ({ bytes, observe }) => {
    const refuse = (reason: string) => observe({ what: 'datagram-refused', detail: { reason, bytes: bytes.length } })
    const read = readMagicPacket(bytes)
    if (!read) return refuse('no magic packet: six bytes of FF and sixteen times a MAC address are expected')
    const { mac, nonce } = read
    if (mac !== own) return refuse(`it calls ${mac}; this card is ${own}`)
    observe({ what: 'request-received', detail: { nonce } })
    log.info({ mac, nonce }, 'the device would be turned on')
  })
  return { exercises: {}, stop: () => listener.close() }
}
