import { X509Certificate } from 'node:crypto'
import type { SeenCertificate } from '../journal/observation.ts'

/** SHA-256 of the DER as upper-case hex: the form in which an agent holds its pin. */
export const fingerprintOf = (certificate: X509Certificate): string => certificate.fingerprint256.replaceAll(':', '')

const oneLine = (name: string): string => name.split('\n').join(', ')

/** What the journal keeps of a certificate. */
export const describeCertificate = (certificate: X509Certificate): SeenCertificate => ({
  fingerprint: fingerprintOf(certificate),
  subject: oneLine(certificate.subject),
  issuer: oneLine(certificate.issuer),
  validTo: certificate.validToDate.toISOString(),
})

export const describePem = (pem: string): SeenCertificate => describeCertificate(new X509Certificate(pem))
