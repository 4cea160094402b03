import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { ServerIdentity } from '../shared/net/host.ts'
import type { Subject } from './make/certificate.ts'

/** The reserve certificate takes over one day before expiry (help topic 3322); so is everything else renewed. */
const BEFORE_EXPIRY = 86_400_000

/** A reserve certificate is made that long before expiry (help topic 3322): one that ends with the common one is none. */
export const RESERVE_BEFORE_EXPIRY = 90 * BEFORE_EXPIRY

/** Why a kept certificate can no longer be used, as the end of a sentence; null when it can. */
export function judge(
  { cert, key }: ServerIdentity,
  {
    subject,
    issuer,
    now,
    beforeExpiry = BEFORE_EXPIRY,
  }: { subject?: Subject; issuer?: ServerIdentity; now: Date; beforeExpiry?: number },
): string | null {
  const parsed = parse(cert, key)
  if (typeof parsed === 'string') return parsed
  if (parsed.validToDate.getTime() - beforeExpiry <= now.getTime())
    return `expires on ${parsed.validToDate.toISOString()}`
  if (parsed.validFromDate.getTime() > now.getTime()) return `begins only on ${parsed.validFromDate.toISOString()}`
  if (issuer && !parsed.verify(new X509Certificate(issuer.cert).publicKey))
    return 'was issued by an authority that has been made anew'
  if (issuer && !cert.trimEnd().endsWith(issuer.cert.trim())) return 'does not hold its issuer whole'
  const missing = subject
    ? [...subject.dns.filter(name => !parsed.checkHost(name)), ...subject.ip.filter(ip => !parsed.checkIP(ip))]
    : []
  return missing.length > 0 ? `does not hold ${missing.join(', ')}` : null
}

function parse(cert: string, key: string): X509Certificate | string {
  try {
    const certificate = new X509Certificate(cert)
    return certificate.checkPrivateKey(createPrivateKey(key)) ? certificate : 'does not belong to its key'
  } catch {
    return 'cannot be read'
  }
}
