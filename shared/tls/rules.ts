/** Certificate rules: how the two kinds of initiator in KSC decide whether they speak to the right one. */
import type { CertificateRefusal, CertificateRule, PresentedCertificate } from '../net/host.ts'

/** The words a Network Agent uses when the certificate is not the one it holds (help topic 3321, 3322). */
export const AUTHENTICATION_ERROR = 'Administration Server authentication error'

/** The certificate must be one of those held (the current and the reserve one); nothing else of it counts. */
export function pinned(held: () => readonly string[]): CertificateRule {
  return seen => {
    const pins = held()
    if (pins.includes(seen.fingerprint)) return null
    return {
      code: 'pin',
      reason: `${AUTHENTICATION_ERROR}: the certificate seen has SHA-256 ${seen.fingerprint}, the one held has ${pins.join(' or ')}`,
    }
  }
}

/** First contact: takes whatever comes and hands it to `learn`; later contacts are pinned to it. */
export function trustOnFirstUse(
  held: () => readonly string[],
  learn: (seen: PresentedCertificate) => void,
): CertificateRule {
  const later = pinned(held)
  return seen => {
    if (held().length > 0) return later(seen)
    learn(seen)
    return null
  }
}

/** Node's chain errors in the words of the verdicts; what is not here is a matter of the issuer. */
const CHAIN_WORDS: Readonly<Record<string, [code: string, because: string]>> = {
  CERT_HAS_EXPIRED: ['expired', 'it has expired'],
  CERT_NOT_YET_VALID: ['not-yet-valid', 'it is not yet valid'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['self-signed', 'it is signed by nobody but itself'],
  SELF_SIGNED_CERT_IN_CHAIN: ['issuer', 'its chain ends at an authority that is not trusted here'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'chain',
    'an intermediate certificate is missing, or its issuer is not trusted here',
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    'chain',
    'an intermediate certificate is missing, or its issuer is not trusted here',
  ],
  INVALID_PURPOSE: ['usage', 'it is not meant for a server'],
  CERT_SIGNATURE_FAILURE: ['issuer', 'its signature does not hold'],
}

/** What a browser or an HTTPS client does: chain to a trusted authority, within its time, for the name that was asked for. */
export const issuedByAuthority: CertificateRule = seen => {
  if (seen.chainError !== null) {
    const [code, because] = CHAIN_WORDS[seen.chainError] ?? [
      'issuer',
      `it does not lead to a trusted authority (${seen.chainError})`,
    ]
    return refuse(code, `${because} (subject ${seen.subject}, issuer ${seen.issuer}, valid to ${seen.validTo})`)
  }
  return seen.nameError === null ? null : refuse('name', seen.nameError)
}

const refuse = (code: string, because: string): CertificateRefusal => ({
  code,
  reason: `the certificate is refused: ${because}`,
})
