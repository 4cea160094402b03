/** Wrong certificates, to be put on a port at run time (`lab.present`). One file a kind; each says what a client sees. */
import type { ServerIdentity } from '../../shared/net/host.ts'
import type { Subject } from '../make/certificate.ts'
import { expired } from './expired.ts'
import { missingIntermediate } from './missing-intermediate.ts'
import { notYetValid } from './not-yet-valid.ts'
import { otherAuthority } from './other-authority.ts'
import { otherName } from './other-name.ts'
import { selfSigned } from './self-signed.ts'
import { wrongUsage } from './wrong-usage.ts'

/** @param issuer the authority that the client trusts, where the kind is issued by one */
export type WrongCertificate = (subject: Subject, issuer: ServerIdentity) => Promise<ServerIdentity>

export const wrongCertificates = {
  expired,
  'not-yet-valid': notYetValid,
  'other-name': otherName,
  'other-authority': otherAuthority,
  'missing-intermediate': missingIntermediate,
  'wrong-usage': wrongUsage,
  'self-signed': selfSigned,
} as const satisfies Record<string, WrongCertificate>

export type WrongKind = keyof typeof wrongCertificates
