import type { Notice } from './notice.ts'

export const certificateLost: Notice = (_evidence, { clientCertificateLost: lost }) =>
  lost &&
  `the initiator showed its client certificate ${lost.offered.subject} (SHA-256 ${lost.offered.fingerprint}), and the responder saw ${lost.seen ? `another one, ${lost.seen.subject} (SHA-256 ${lost.seen.fingerprint})` : 'none'}; it went on without`
