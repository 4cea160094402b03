/**
 * One certificate, made with `@peculiar/x509`. `selfsigned` writes no subject and authority key identifiers, and without
 * them `openssl verify -x509_strict` refuses a chain (RFC 5280 sections 4.2.1.1 and 4.2.1.2), so it makes only the wrong ones.
 */
import { createPrivateKey, KeyObject, randomBytes, webcrypto } from 'node:crypto'
// tsyringe, which @peculiar/x509 stands on, asks for this polyfill first.
import 'reflect-metadata'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { ServerIdentity } from '../../shared/net/host.ts'

/** Longest life of any Server certificate (help topic 232137). */
export const LONGEST_LIFE_DAYS = 397

export type Algorithm = 'ec' | 'rsa'

/** Names and addresses in the subject alternative names. */
export interface Subject {
  dns: readonly string[]
  ip: readonly string[]
}

export interface CertificateOrder {
  commonName: string
  /** UID before the common name: in push certificates the topic. */
  uid?: string
  /** After the common name, RFC 4519 section 2.31: in certificates of mobile devices the device. */
  serialNumber?: string
  algorithm: Algorithm
  /** Absent: no subject alternative names, as on an authority. */
  subject?: Subject
  /** Absent: signed by itself. */
  issuer?: ServerIdentity
  /** An authority that may have this many authorities below it. */
  authority?: { pathLength: number }
  purposes: readonly ('server' | 'client')[]
  extensions?: readonly Extension[]
  days?: number
  now: Date
}

const ALGORITHMS = {
  ec: { generate: { name: 'ECDSA', namedCurve: 'P-256' }, sign: { name: 'ECDSA', hash: 'SHA-256' } },
  rsa: {
    generate: {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      publicExponent: new Uint8Array([1, 0, 1]),
      modulusLength: 2048,
    },
    sign: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  },
} as const

/** RFC 4519 section 2.39. */
const UID = '0.9.2342.19200300.100.1.1'

const SERIAL_NUMBER = '2.5.4.5'

/** Clocks of two machines differ; a certificate that begins now would be refused by the one that is behind. */
const CLOCK_SLACK = 60_000
const DAY = 86_400_000

export async function makeCertificate(order: CertificateOrder): Promise<ServerIdentity> {
  const { commonName, uid, serialNumber, algorithm, issuer, days = LONGEST_LIFE_DAYS, now } = order
  const { generate } = ALGORITHMS[algorithm]
  const keys = (await webcrypto.subtle.generateKey(generate, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const signer = issuer ? await signerOf(issuer) : null
  const notBefore = new Date(now.getTime() - CLOCK_SLACK)
  const certificate = await X509CertificateGenerator.create({
    serialNumber: positiveSerial(),
    subject: `${uid === undefined ? '' : `${UID}=${uid}, `}CN=${commonName}${serialNumber === undefined ? '' : `, ${SERIAL_NUMBER}=${serialNumber}`}, O=ksc-lab`,
    issuer: signer ? signer.certificate.subject : `CN=${commonName}, O=ksc-lab`,
    notBefore,
    notAfter: new Date(notBefore.getTime() + days * DAY),
    publicKey: keys.publicKey,
    signingKey: signer ? signer.key : keys.privateKey,
    signingAlgorithm: signer ? signer.algorithm : ALGORITHMS[algorithm].sign,
    extensions: await extensions(order, keys.publicKey, signer?.certificate.publicKey ?? keys.publicKey),
  })
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString()
  return { cert: `${certificate.toString('pem')}\n`, key }
}

async function extensions(
  order: CertificateOrder,
  own: webcrypto.CryptoKey,
  issuing: Parameters<typeof AuthorityKeyIdentifierExtension.create>[0],
): Promise<Extension[]> {
  const { algorithm, subject, authority, purposes } = order
  let usage = KeyUsageFlags.digitalSignature
  // Key encipherment is RSA's way of agreeing on a key; with EC keys it has no meaning (RFC 5480 section 3).
  if (algorithm === 'rsa') usage |= KeyUsageFlags.keyEncipherment
  if (authority) usage |= KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign
  const extended = purposes.map(purpose =>
    purpose === 'server' ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth,
  )
  return [
    authority
      ? new BasicConstraintsExtension(true, authority.pathLength, true)
      : new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(usage, true),
    ...(extended.length > 0 ? [new ExtendedKeyUsageExtension(extended)] : []),
    await SubjectKeyIdentifierExtension.create(own),
    await AuthorityKeyIdentifierExtension.create(issuing),
    ...(subject ? [alternativeNames(subject)] : []),
    ...(order.extensions ?? []),
  ]
}

const alternativeNames = ({ dns, ip }: Subject) =>
  new SubjectAlternativeNameExtension([
    ...dns.map(value => ({ type: 'dns' as const, value })),
    ...ip.map(value => ({ type: 'ip' as const, value })),
  ])

async function signerOf({ cert, key }: ServerIdentity) {
  const kind: Algorithm = createPrivateKey(key).asymmetricKeyType === 'rsa' ? 'rsa' : 'ec'
  const { sign, generate } = ALGORITHMS[kind]
  const der = createPrivateKey(key).export({ type: 'pkcs8', format: 'der' })
  return {
    certificate: new X509Certificate(cert),
    key: await webcrypto.subtle.importKey('pkcs8', der, generate, false, ['sign']),
    algorithm: sign,
  }
}

/** RFC 5280 section 4.1.2.2: positive, at most 20 octets. */
function positiveSerial(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40
  return bytes.toString('hex')
}
