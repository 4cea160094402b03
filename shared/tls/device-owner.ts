import { X509Certificate } from 'node:crypto'
import type { JsonName } from '@peculiar/x509'
import { NetError } from '../net/errors.ts'
import type { PresentedCertificate } from '../net/host.ts'
import type { DeviceAuthority } from './device-authority.ts'

/** Whose a mobile device is, by its certificate. */
export interface DeviceOwner {
  user: string
  /** GUID of the device that it was issued to. */
  device: string
}

/** `serialNumber` of a subject (RFC 4519, 2.31): the device. */
const SERIAL_NUMBER = '2.5.4.5'

export const subjectOf = ({ user, device }: DeviceOwner): JsonName => [
  { CN: [user] },
  { [SERIAL_NUMBER]: [device] },
  { OU: ['Mobile device'] },
  { O: ['ksc-lab'] },
]

/** @throws NetError with the reason, where it is not one that this Server has issued to a device, or its time is over */
export function ownerOf(shown: PresentedCertificate, authority: DeviceAuthority): DeviceOwner {
  const refused = (code: string, because: string) =>
    new NetError(code, `the certificate of ${shown.subject} (issued by ${shown.issuer}) ${because}`)
  const certificate = new X509Certificate(shown.raw)
  const fault = authority.faultOf(certificate)
  if (fault !== null)
    throw refused(fault.startsWith('expired') ? 'client-certificate-expired' : 'client-certificate-refused', fault)
  const { CN: user, serialNumber: device } = certificate.toLegacyObject().subject as Record<string, unknown>
  // Several of a kind come as a list.
  if (typeof user === 'string' && typeof device === 'string') return { user, device }
  throw refused('client-certificate-refused', 'names no user and no device')
}
