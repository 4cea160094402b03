import { createHash } from 'node:crypto'
import { dnsName, hostsWithRole } from '../../shared/config/topology.ts'
import { DEVICE_PORTS, PROJECT_NUMBER } from '../../shared/push/google.ts'
import { PushLink } from '../../shared/push/push-link.ts'
import type { ServiceContext } from '../../shared/service.ts'
import type { PhoneMemory } from './memory.ts'

interface Called {
  wake(): void
  tokenGiven(token: string): void
}

/** The connection to Google's push service (arrow 11), where the lab has one. */
export function pushLink(
  { host, topology, credentials, settings, log, random }: ServiceContext,
  memory: PhoneMemory,
  { wake, tokenGiven }: Called,
): PushLink | null {
  const [google] = hostsWithRole(topology, 'google-servers')
  if (!google) return null
  return new PushLink({
    address: {
      ...{ host, to: google.name, ports: DEVICE_PORTS, servername: dnsName(google), timeout: settings.connectTimeout },
      ca: credentials.authority('internet-ca'),
    },
    // A secret that it keeps anyway.
    device: createHash('sha256').update(memory.key).digest('base64url'),
    topics: () => [PROJECT_NUMBER],
    onToken: tokenGiven,
    onPush: wake,
    log,
    random,
  })
}
