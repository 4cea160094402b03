import { randomUUID } from 'node:crypto'
import type { ServerIdentity } from '../../shared/net/host.ts'
import { type Algorithm, makeCertificate } from './certificate.ts'

/** As a Server issues it to a mobile device; a device of its own, for clients that are tried by hand. */
export async function makeDeviceCertificate(
  user: string,
  issuer: ServerIdentity,
  algorithm: Algorithm,
  now: Date,
): Promise<ServerIdentity> {
  const order = { commonName: user, serialNumber: randomUUID(), issuer, algorithm, days: 365, now }
  const { cert, key } = await makeCertificate({ ...order, purposes: ['client'] })
  return { cert: `${cert}${issuer.cert}`, key }
}
