import { otherHello } from './hellos.ts'
import type { Notice } from './notice.ts'

export const tlsReoriginated: Notice = ({ initiator, responder }, { seen, presented }) => {
  if (seen && presented && seen.fingerprint !== presented.fingerprint)
    return `the initiator accepted the certificate ${seen.subject} (SHA-256 ${seen.fingerprint}), which is not the responder's (${presented.fingerprint}): TLS is ended in between`
  return otherHello(initiator, responder)
    ? "the responder's ClientHello is not the initiator's: TLS is ended in between, with the responder's own certificate"
    : null
}
