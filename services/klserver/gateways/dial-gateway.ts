import { dnsName, type TopologyHost } from '../../../shared/config/topology.ts'
import type { Host, TlsClientOptions } from '../../../shared/net/host.ts'
import { Session, type SessionOptions } from '../../../shared/net/session.ts'
import type { Credentials } from '../../../shared/service.ts'
import { issuedByAuthority } from '../../../shared/tls/rules.ts'

/** Both ends prove themselves: the gateway by a certificate that the Server's own has issued, the Server by its own. */
export const gatewayTrust = (gateway: TopologyHost, credentials: Credentials): TlsClientOptions => ({
  servername: dnsName(gateway),
  ca: [credentials.identity('common').cert, credentials.identity('common-reserve').cert],
  rule: issuedByAuthority,
  identity: credentials.identity('common'),
})

interface Dialling {
  host: Host
  gateway: TopologyHost
  credentials: Credentials
  /** ms */
  timeout: number
  signal?: AbortSignal
  /** The proofs of the connection before will do: half a handshake for each of thousands of devices. */
  resume?: boolean
}

/** Opens a connection to a gateway's own 13000; what is said on it is up to the caller. */
export async function dialGateway(
  { host, gateway, credentials, timeout, signal, resume = false }: Dialling,
  options: SessionOptions,
): Promise<Session> {
  const connection = await host.dial(
    { host: gateway.name, port: 13000 },
    { tls: { ...gatewayTrust(gateway, credentials), resume }, timeout, ...(signal ? { signal } : {}) },
  )
  return new Session(connection, options)
}
