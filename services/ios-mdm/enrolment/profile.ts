/** The enrolment profile: root, identity and MDM payload, inside a CMS signature by the server's own certificate. */
import { randomBytes, randomUUID, X509Certificate } from 'node:crypto'
import { sign } from '../../../shared/mdm/cms.ts'
import { writePkcs12 } from '../../../shared/mdm/pkcs12.ts'
import { printPlist } from '../../../shared/mdm/plist.ts'
import type { ServerIdentity } from '../../../shared/net/host.ts'

/** Install, inspect and remove profiles, lock, query and manage: all that there is. */
const ALL_RIGHTS = 8_191

export interface ProfileOrder {
  /** Name and, where it is not 443, port at which the device finds the server. */
  authorityName: string
  topic: string
  root: string
  signer: ServerIdentity
  identity: ServerIdentity
}

export function enrolmentProfile({ authorityName, topic, root, signer, identity }: ProfileOrder): Promise<Buffer> {
  const payload = (type: string, name: string, more: object) => ({
    PayloadType: type,
    PayloadVersion: 1,
    PayloadIdentifier: `test.ksc-lab.mdm.${name}`,
    PayloadUUID: randomUUID().toUpperCase(),
    ...more,
  })
  const password = randomBytes(12).toString('base64url')
  const certificate = payload('com.apple.security.root', 'root', {
    PayloadDisplayName: 'ksc-lab authority (DO NOT TRUST outside of a lab)',
    PayloadContent: new Uint8Array(new X509Certificate(root).raw),
  })
  const own = payload('com.apple.security.pkcs12', 'identity', {
    PayloadDisplayName: 'Identity of this device',
    PayloadContent: new Uint8Array(writePkcs12(identity, password)),
    Password: password,
  })
  const mdm = payload('com.apple.mdm', 'mdm', {
    PayloadDisplayName: 'Mobile device management',
    IdentityCertificateUUID: own.PayloadUUID,
    Topic: topic,
    ServerURL: `https://${authorityName}/mdm/connect`,
    CheckInURL: `https://${authorityName}/mdm/checkin`,
    SignMessage: true,
    AccessRights: ALL_RIGHTS,
    CheckOutWhenRemoved: true,
    ServerCapabilities: ['com.apple.mdm.bootstraptoken'],
  })
  const profile = payload('Configuration', 'profile', {
    PayloadDisplayName: 'ksc-lab iOS MDM',
    PayloadDescription: 'Puts this device under the management of a test lab. DO NOT INSTALL outside of it.',
    PayloadOrganization: 'ksc-lab',
    // iOS installs certificates before the MDM payload, whatever the order.
    PayloadContent: [certificate, own, mdm],
  })
  return sign(printPlist(profile), signer, 'attached')
}
