import { type Algorithm, makeCertificate, type Subject } from './certificate.ts'

/**
 * A certificate of the Administration Server: common, common reserve, mobile, mobile reserve. Signed by itself, CA = true
 * with a path length of at least 1 (help topic 191451, 13.1), since it issues those of gateways and distribution points;
 * extended key usage, where present, must hold both server and client authentication (help topic 155201).
 */
export const makeServerCertificate = (commonName: string, subject: Subject, algorithm: Algorithm, now: Date) =>
  makeCertificate({ commonName, subject, algorithm, authority: { pathLength: 1 }, purposes: ['server', 'client'], now })
