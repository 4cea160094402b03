import type { ServerIdentity } from '../../shared/net/host.ts'
import { type Algorithm, makeCertificate, type Subject } from './certificate.ts'

/** A server's certificate issued by an authority of the lab; the issuer follows it in the same file, as proxies want it. */
export async function makeLeaf(
  commonName: string,
  subject: Subject,
  issuer: ServerIdentity,
  algorithm: Algorithm,
  now: Date,
): Promise<ServerIdentity> {
  const { cert, key } = await makeCertificate({ commonName, subject, issuer, algorithm, purposes: ['server'], now })
  return { cert: `${cert}${issuer.cert}`, key }
}
