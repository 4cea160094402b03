import type { WrongCertificate } from './index.ts'
import { stranger } from './stranger.ts'

const DAY = 86_400_000

/** Ended yesterday. A client sees `CERT_HAS_EXPIRED`. */
export const expired: WrongCertificate = (subject, issuer) =>
  stranger({ subject, issuer, notBefore: new Date(Date.now() - 30 * DAY), notAfter: new Date(Date.now() - DAY) })
