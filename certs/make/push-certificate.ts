import { Extension } from '@peculiar/x509'
import type { ServerIdentity } from '../../shared/net/host.ts'
import { type Algorithm, makeCertificate } from './certificate.ts'

/** Apple's begin so; what follows is the customer's. */
const TOPIC = 'com.apple.mgmt.External.ksc-lab'
/** For the development and the production service; clients choose by them. The value is NULL. */
const APPLE_PUSH = ['1.2.840.113635.100.6.3.1', '1.2.840.113635.100.6.3.2']
const NULL = new Uint8Array([5, 0])

/** What Apple's push portal issues: the topic is the UID of the subject. The issuer follows it in the same file. */
export async function makePushCertificate(
  commonName: string,
  issuer: ServerIdentity,
  algorithm: Algorithm,
  now: Date,
): Promise<ServerIdentity> {
  const { cert, key } = await makeCertificate({
    commonName,
    uid: TOPIC,
    issuer,
    algorithm,
    purposes: ['client'],
    extensions: APPLE_PUSH.map(oid => new Extension(oid, false, NULL)),
    now,
  })
  return { cert: `${cert}${issuer.cert}`, key }
}
