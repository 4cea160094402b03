import { dnsName, hostsWithRole } from '../../shared/config/topology.ts'
import { DEVICE_PORTS } from '../../shared/push/apple.ts'
import { PushLink } from '../../shared/push/push-link.ts'
import type { ServiceContext } from '../../shared/service.ts'
import type { IosDevice } from './device.ts'

/** The connection to APNs (arrow 13), where the lab has one: it gives the device its token and brings its calls. */
export function pushLink(
  { host, topology, credentials, settings, log, random }: ServiceContext,
  secret: string,
  device: IosDevice,
): PushLink | null {
  const [apple] = hostsWithRole(topology, 'apple-servers')
  if (!apple) return null
  return new PushLink({
    address: {
      ...{ host, to: apple.name, ports: DEVICE_PORTS, servername: dnsName(apple), timeout: settings.connectTimeout },
      ca: credentials.authority('internet-ca'),
    },
    device: secret,
    topics: () => (device.topic === null ? [] : [device.topic]),
    onToken: token => void device.tokenChanged(Buffer.from(token, 'hex')),
    onPush({ payload }) {
      const magic = magicIn(payload)
      if (magic === null) log.info('a push without PushMagic; nothing comes of it')
      else device.calledByPush(magic)
    },
    log,
    random,
  })
}

function magicIn(payload: string): string | null {
  try {
    const { mdm } = JSON.parse(payload) as { mdm?: unknown }
    return typeof mdm === 'string' ? mdm : null
  } catch {
    return null
  }
}
