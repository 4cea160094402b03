import type { WrongCertificate } from './index.ts'
import { stranger } from './stranger.ts'

/** For another server's name. A client sees `ERR_TLS_CERT_ALTNAME_INVALID`. */
export const otherName: WrongCertificate = (_subject, issuer) =>
  stranger({ subject: { dns: ['another-server.example'], ip: [] }, issuer })
