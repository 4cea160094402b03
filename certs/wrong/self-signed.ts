import type { WrongCertificate } from './index.ts'
import { stranger } from './stranger.ts'

/** By nobody but itself. A client sees `DEPTH_ZERO_SELF_SIGNED_CERT`. */
export const selfSigned: WrongCertificate = subject => stranger({ subject })
