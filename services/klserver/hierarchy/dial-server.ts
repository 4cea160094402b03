import { dnsName, type TopologyHost } from '../../../shared/config/topology.ts'
import type { Host } from '../../../shared/net/host.ts'
import { Session, type SessionOptions } from '../../../shared/net/session.ts'
import type { Credentials } from '../../../shared/service.ts'
import { pinned } from '../../../shared/tls/rules.ts'
import { describePem } from '../../../shared/tls/seen.ts'

/** SHA-256 of the certificates by which another Server of the hierarchy is known: given to the administrator who joins them (KSCAPI a00401). */
export const pinsOf = (server: string, credentials: Credentials): string[] =>
  ['common', 'common-reserve'].map(use => describePem(credentials.identity(`${use}@${server}`).cert).fingerprint)

interface Dialling {
  host: Host
  server: TopologyHost
  credentials: Credentials
  /** ms */
  timeout: number
  signal?: AbortSignal
}

/** Opens a connection to another Server's 13000; both show their own certificates. */
export async function dialServer(
  { host, server, credentials, timeout, signal }: Dialling,
  options: SessionOptions,
): Promise<Session> {
  const pins = pinsOf(server.name, credentials)
  const tls = { servername: dnsName(server), rule: pinned(() => pins), identity: credentials.identity('common') }
  const connection = await host.dial(
    { host: server.name, port: 13000 },
    { tls, timeout, ...(signal ? { signal } : {}) },
  )
  return new Session(connection, options)
}
