import type { WrongCertificate } from './index.ts'
import { stranger } from './stranger.ts'

/** For clients only. A client sees `INVALID_PURPOSE`. */
export const wrongUsage: WrongCertificate = (subject, issuer) => stranger({ subject, issuer, usage: 'clientAuth' })
