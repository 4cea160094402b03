import { NetError } from '../../../shared/net/errors.ts'
import type { TlsClientOptions } from '../../../shared/net/host.ts'
import { issuedByAuthority } from '../../../shared/tls/rules.ts'
import type { AgentMemory } from '../memory.ts'

/**
 * A point's certificate is issued by the Server's, so a device that holds the Server's can tell its points from strangers
 * (assumed: the documentation does not say what an agent compares here). Before its first contact it can tell nobody.
 */
export function pointTrust({ held }: AgentMemory, servername: string): TlsClientOptions {
  if (held.length === 0)
    throw new NetError(
      'NO_SERVER_CERTIFICATE',
      'this device has not had its first contact with its Administration Server, so it cannot check a distribution point (arrow 4)',
    )
  return { servername, ca: held.map(certificate => certificate.toString()), rule: issuedByAuthority }
}
