import type { ServerIdentity } from '../../shared/net/host.ts'
import { type Subjects, subjectOf, type UseName, use } from '../uses.ts'
import { makeAuthority } from './authority.ts'
import type { Algorithm } from './certificate.ts'
import { makeLeaf } from './leaf.ts'
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
  switch (order.kind) {
    case 'authority':
      return makeAuthority(order.name, algorithm, now)
    case 'server':
      return makeServerCertificate(order.name, subject, algorithm, now)
    case 'leaf': {
      const issuer = have.get(order.issuer)
      if (!issuer) throw new Error(`${order.issuer} must be made before ${name}`)
      return makeLeaf(order.name, subject, issuer, algorithm, now)
    }
  }
}
