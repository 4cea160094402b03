import { makeCertificate } from '../make/certificate.ts'
import type { WrongCertificate } from './index.ts'
import { stranger } from './stranger.ts'

/** By an intermediate authority that is not sent along. A client sees `UNABLE_TO_VERIFY_LEAF_SIGNATURE`. */
export const missingIntermediate: WrongCertificate = async (subject, issuer) => {
  const order = {
    commonName: 'ksc-lab intermediate - DO NOT TRUST',
    algorithm: 'ec',
    authority: { pathLength: 0 },
    purposes: [],
    now: new Date(),
  } as const
  return stranger({ subject, issuer: await makeCertificate({ ...order, issuer }) })
}
