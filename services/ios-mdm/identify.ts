/** Which device sent a message: by mutual TLS, by what a trusted proxy passes on, and by the signature of the message. */
import { X509Certificate } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { verify } from '../../shared/mdm/cms.ts'
import { SIGNATURE_HEADER } from '../../shared/mdm/protocol.ts'
import type { AddressSet } from '../../shared/net/address-set.ts'
import type { Connection } from '../../shared/net/host.ts'
import type { DeviceAuthority } from '../../shared/tls/device-authority.ts'
import { describeCertificate, fingerprintOf } from '../../shared/tls/seen.ts'
import { certificateHeaders, readCertificateHeader } from './client-cert-header.ts'
import { Refusal } from './refusal.ts'

export interface Identity {
  /** SHA-256 of the certificate (DER), upper-case hex. */
  fingerprint: string
  by: readonly ('tls' | 'header' | 'signature')[]
}

export interface Identifying {
  authority: DeviceAuthority
  /** Who may pass certificates on in a header. */
  proxies: AddressSet
  /** Instead of the usual headers. */
  header: string | null
}

interface Message {
  headers: IncomingHttpHeaders
  body: Buffer
  connection: Connection | undefined
}

/** base64 of 10 KiB, where a large product caps it; real ones are 1 to 4 KB. */
const LONGEST_SIGNATURE = 13_656

/** One certificate a connection, looked at once. */
const ofConnections = new WeakMap<Connection, X509Certificate | null>()

/** Where several ways say who it is, they must say the same. @throws Refusal 400 */
export async function identify(message: Message, how: Identifying): Promise<Identity> {
  const shown: [by: Identity['by'][number], certificate: X509Certificate][] = []
  const faults: string[] = []
  const take = (by: Identity['by'][number], certificate: X509Certificate | null) => {
    if (!certificate) return
    const fault = how.authority.faultOf(certificate)
    if (fault === null) shown.push([by, certificate])
    // A proxy may show a certificate of its own: what it passes on counts then.
    else faults.push(`the certificate by ${by} (${certificate.subject.split('\n').join(', ')}) ${fault}`)
  }
  take('tls', byConnection(message.connection))
  take('header', byHeader(message, how))
  take('signature', await bySignature(message))
  const [first] = shown
  if (!first)
    throw new Refusal(
      400,
      'no-device-certificate',
      faults.length > 0
        ? `no certificate of a device: ${faults.join('; ')}`
        : 'no certificate of a device: none by TLS, none passed on by a trusted proxy, no Mdm-Signature',
    )
  const fingerprint = fingerprintOf(first[1])
  const other = shown.find(([, certificate]) => fingerprintOf(certificate) !== fingerprint)
  if (other)
    throw new Refusal(
      400,
      'two-certificates',
      `the certificate by ${first[0]} is ${fingerprint}, the one by ${other[0]} is ${fingerprintOf(other[1])}; they must be one`,
    )
  return { fingerprint, by: shown.map(([by]) => by) }
}

function byConnection(connection: Connection | undefined): X509Certificate | null {
  if (!connection?.certificate) return null
  let certificate = ofConnections.get(connection)
  if (certificate === undefined) {
    certificate = new X509Certificate(connection.certificate.raw)
    ofConnections.set(connection, certificate)
  }
  return certificate
}

function byHeader({ headers, connection }: Message, { proxies, header }: Identifying): X509Certificate | null {
  const given = certificateHeaders(header).filter(name => headers[name] !== undefined)
  const [name] = given
  if (name === undefined) return null
  const from = connection?.peer.address ?? 'unknown'
  if (!proxies.has(from))
    throw new Refusal(
      400,
      'client-certificate-header',
      `the header ${name} from ${from} is not believed: only KSC_LAB_CLIENT_CERT_FROM may pass client certificates on, and a proxy must remove the header from outside`,
    )
  if (given.length > 1)
    throw new Refusal(400, 'client-certificate-header', `${given.join(' and ')} at once; one is expected`)
  try {
    const certificate = readCertificateHeader(String(headers[name]))
    if (certificate) {
      const { fingerprint, subject } = describeCertificate(certificate)
      connection?.observe({ what: 'client-certificate-seen', detail: { by: 'header', fingerprint, subject } })
    }
    return certificate
  } catch (error) {
    throw new Refusal(
      400,
      'client-certificate-header',
      `the header ${name} cannot be read: ${(error as Error).message}`,
    )
  }
}

async function bySignature({ headers, body }: Message): Promise<X509Certificate | null> {
  const value = headers[SIGNATURE_HEADER]
  if (value === undefined) return null
  const text = String(value)
  try {
    if (text.length > LONGEST_SIGNATURE) throw new Error(`${text.length} characters, more than ${LONGEST_SIGNATURE}`)
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw new Error('base64 is expected')
    return (await verify(Buffer.from(text, 'base64'), body)).signer
  } catch (error) {
    throw new Refusal(
      400,
      'mdm-signature',
      `Mdm-Signature does not hold for the ${body.length} bytes that came (${(error as Error).message}); was the body changed on the way?`,
    )
  }
}
