import { makeAuthority } from '../make/authority.ts'
import type { WrongCertificate } from './index.ts'
import { stranger } from './stranger.ts'

/** By the authority of a TLS-inspecting proxy. A client sees `UNABLE_TO_VERIFY_LEAF_SIGNATURE` or `SELF_SIGNED_CERT_IN_CHAIN`. */
export const otherAuthority: WrongCertificate = async subject => {
  const inspection = await makeAuthority('Contoso TLS inspection', 'ec', new Date())
  const { cert, key } = await stranger({ subject, issuer: inspection })
  return { cert: `${cert.trimEnd()}\n${inspection.cert}`, key }
}
