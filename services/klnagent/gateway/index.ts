/**
 * Connection gateway: 13000, 13292 and 13293 of a Network Agent in gateway mode (topic 204420; CgMobilePort and CgMobileAuthPort of
 * KSCAPI a00181). It carries, and reads nothing.
 */
import { dnsName, type TopologyHost } from '../../../shared/config/topology.ts'
import { carry } from '../../../shared/net/carry.ts'
import type { NetError } from '../../../shared/net/errors.ts'
import type { Arrival, Connection } from '../../../shared/net/host.ts'
import type { ServiceContext } from '../../../shared/service.ts'
import type { CarriedPort } from '../../../shared/wire/messages/invite.ts'
import type { Agent } from '../agent.ts'
import type { AnsweringMode } from '../answering-port.ts'
import { dialledWay } from './dialled-way.ts'
import { InvitedWay } from './invited-way.ts'
import { ownRoles } from './own-roles.ts'

/** Whoever comes here asks for the Server: nothing of the gateway's own is answered. */
const MOBILE_PORTS = [13292, 13293] as const

export function gatewayMode(agent: Agent, self: TopologyHost, { host, settings }: ServiceContext): AnsweringMode {
  const invited = new InvitedWay()
  const way = self.gateway === 'dmz' ? invited : dialledWay(host, agent.published, settings.connectTimeout)
  const carried = new Set<Connection>()

  const passOn = async ({ connection }: Arrival, port: CarriedPort) => {
    const refuse = (code: string, reason: string) => {
      connection.observe({ what: 'carry-refused', detail: { code, reason } })
      connection.close('reset')
    }
    if (carried.size >= settings.gatewayLimit)
      return refuse('limit', `${settings.gatewayLimit} devices are connected, and a gateway carries no more`)
    carried.add(connection)
    try {
      const onward = await way.open(connection, port)
      connection.observe({ what: 'carried', detail: { to: `${agent.server}:${port}`, by: onward.id } })
      await carry(connection, onward)
    } catch (error) {
      const { code = 'UNKNOWN', message } = error as NetError
      refuse(code, message)
    } finally {
      carried.delete(connection)
    }
  }

  return {
    roles: ownRoles(agent, invited),
    listen: {
      clientCertificate: true,
      ownNames: [dnsName(self), self.name],
      passOn: arrival => void passOn(arrival, 13000),
    },
    more: MOBILE_PORTS.map(port => ({ port, passOn: arrival => void passOn(arrival, port) })),
    readTimeout: 2 * settings.signalKeepAlive,
    stop() {
      for (const connection of carried) connection.close('reset')
    },
  }
}
