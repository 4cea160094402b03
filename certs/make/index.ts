import type { ServerIdentity } from '../../shared/net/host.ts'
import { type Subjects, subjectOf, type UseName, use } from '../uses.ts'
import { makeAuthority } from './authority.ts'
import { type Algorithm, makeCertificate } from './certificate.ts'
import { makeDeviceCertificate } from './device-certificate.ts'
import { makeLeaf } from './leaf.ts'
import { makePushCertificate } from './push-certificate.ts'
import { makeServerCertificate } from './server-certificate.ts'

/** @param have what was made or read before: the issuer of a leaf is looked up there */
export function make(
  name: UseName,
  have: ReadonlyMap<string, ServerIdentity>,
  subjects: Subjects,
  algorithm: Algorithm,
  now: Date,
): Promise<ServerIdentity> {
  const order = use(name)
  const subject = subjectOf(name, subjects) ?? { dns: [], ip: [] }
  const issuerOf = (wanted: string): ServerIdentity => {
    const issuer = have.get(wanted)
    if (!issuer) throw new Error(`${wanted} must be made before ${name}`)
    return issuer
  }
  switch (order.kind) {
    case 'authority':
      return makeAuthority(order.name, algorithm, now)
    case 'server':
      return makeServerCertificate(order.name, subject, algorithm, now)
    case 'leaf':
      return makeLeaf(order.name, subject, issuerOf(order.issuer), algorithm, now)
    case 'signer':
      return makeCertificate({ commonName: order.name, algorithm: order.algorithm, purposes: [], days: 3_650, now })
    case 'device':
      return makeDeviceCertificate(order.name, issuerOf(order.issuer), algorithm, now)
    case 'push':
      return makePushCertificate(order.name, issuerOf(order.issuer), algorithm, now)
  }
}
