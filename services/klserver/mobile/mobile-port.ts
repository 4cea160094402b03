import { answerPing as ping } from '../../../shared/net/answer-ping.ts'
import { NetError } from '../../../shared/net/errors.ts'
import { SessionServer } from '../../../shared/net/serve-sessions.ts'
import type { Session } from '../../../shared/net/session.ts'
import { DeviceAuthority } from '../../../shared/tls/device-authority.ts'
import { type DeviceOwner, ownerOf } from '../../../shared/tls/device-owner.ts'
import type { Messages } from '../../../shared/wire/messages/index.ts'
import type { Administration, AgentContext } from '../administration.ts'
import { event } from '../handlers/event.ts'
import { syncWith } from '../handlers/sync.ts'
import type { Device } from '../store/index.ts'
import { enrol } from './enrol.ts'
import { pushToken } from './push-token.ts'

/** One mobile device's session. */
export interface PhoneContext extends AgentContext {
  /** By the certificate that it has shown; without one it is nobody's. */
  owner: DeviceOwner | null
  device: Device
}

/** 13292 serves devices with and without a certificate of their user (topics 92520, 92521), 13293 those with one (inferred). */
export function mobilePort(administration: Administration): SessionServer<PhoneContext> {
  const { settings, credentials, log } = administration
  const authority = new DeviceAuthority(credentials.authority('mobile-ca'))
  return new SessionServer<PhoneContext>({
    roles: {
      'mobile-device': { enrol, sync: syncWith('mobile-reserve'), event, 'push-token': pushToken, ping },
    },
    welcome: (hello, session) => welcomePhone(administration, hello, session, authority),
    helloTimeout: settings.helloTimeout,
    readTimeout: settings.readTimeout,
    log,
  })
}

async function welcomePhone(
  administration: Administration,
  { agentId, host: name, version, nonce, os = 'unknown' }: Messages['hello'],
  { connection: { certificate, remote } }: Session,
  authority: DeviceAuthority,
) {
  const { host, store, settings } = administration
  if (agentId === undefined) throw new NetError('bad-hello', 'a mobile device gives its agentId (a GUID) in hello')
  const owner = certificate && ownerOf(certificate, authority)
  if (owner && owner.device !== agentId)
    throw new NetError(
      'client-certificate-of-another-device',
      `the certificate was issued to the device ${owner.device}, and this one is ${agentId}`,
    )
  const revokedAt = (await store.byAgent(agentId))?.revokedAt ?? null
  if (owner && revokedAt !== null)
    throw new NetError(
      'client-certificate-revoked',
      `the certificates of ${owner.user} on this device were revoked on ${new Date(revokedAt).toISOString()}`,
    )
  const phone = { user: owner?.user ?? null }
  const device = await store.arrived({ agentId, name, address: remote.address, version, os, at: Date.now(), phone })
  const welcome = {
    type: 'welcome',
    host: host.name,
    version: settings.kscVersion,
    nonce,
    keep: 'not-asked',
    syncInterval: settings.syncInterval,
  } as const
  return { welcome, context: { administration, agentId, name, owner, device } }
}
