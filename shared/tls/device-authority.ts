import { X509Certificate } from 'node:crypto'
import { fingerprintOf } from './seen.ts'

/** Judging takes 0.2 ms; a device shows the same certificate with every message behind a proxy. */
const REMEMBERED = 10_000

/** Tells certificates of this lab's devices from others. They are issued by the authority itself, without one in between. */
export class DeviceAuthority {
  readonly #authority: X509Certificate
  /** Issued by us, by fingerprint; their time is looked at again. */
  readonly #issued = new Set<string>()

  constructor(pem: string) {
    this.#authority = new X509Certificate(pem)
  }

  /** Why this is no certificate of a device, as the end of a sentence; null where it is one. */
  faultOf(certificate: X509Certificate, now = Date.now()): string | null {
    const fingerprint = fingerprintOf(certificate)
    if (!this.#issued.has(fingerprint)) {
      if (!certificate.checkIssued(this.#authority) || !certificate.verify(this.#authority.publicKey))
        return `was not issued by ${this.#authority.subject.split('\n')[0]}`
      if (certificate.ca) return 'is an authority, not a device'
      if (this.#issued.size >= REMEMBERED) this.#issued.clear()
      this.#issued.add(fingerprint)
    }
    if (certificate.validToDate.getTime() < now) return `expired on ${certificate.validToDate.toISOString()}`
    if (certificate.validFromDate.getTime() > now) return `begins only on ${certificate.validFromDate.toISOString()}`
    return null
  }
}
