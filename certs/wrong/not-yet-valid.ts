import type { WrongCertificate } from './index.ts'
import { stranger } from './stranger.ts'

const DAY = 86_400_000

/** Begins tomorrow, as for a client whose clock is behind. It sees `CERT_NOT_YET_VALID`. */
export const notYetValid: WrongCertificate = (subject, issuer) =>
  stranger({ subject, issuer, notBefore: new Date(Date.now() + DAY), notAfter: new Date(Date.now() + 30 * DAY) })
