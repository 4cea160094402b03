/** Certificates of mobile devices: 365 days, as certificates of mobile users have, for client authentication. */
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto'
import 'reflect-metadata'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  type PublicKeyType,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { ServerIdentity } from '../net/host.ts'

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY = 86_400_000
/** A phone's clock may be behind. */
const CLOCK_SLACK = 5 * 60_000

/** @returns PEM */
export async function issueDeviceCertificate(
  authority: ServerIdentity,
  { subject, publicKey, now = new Date() }: { subject: JsonName; publicKey: PublicKeyType; now?: Date },
): Promise<string> {
  const issuer = new X509Certificate(authority.cert)
  const signer = createPrivateKey(authority.key)
  const algorithm = signer.asymmetricKeyType === 'rsa' ? RSA : ECDSA
  const pkcs8 = signer.export({ type: 'pkcs8', format: 'der' })
  const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
  const serial = randomBytes(16)
  serial[0] = ((serial[0] as number) & 0x7f) | 0x40
  const notBefore = new Date(now.getTime() - CLOCK_SLACK)
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serial.toString('hex'),
    subject,
    issuer: issuer.subject,
    notBefore,
    notAfter: new Date(notBefore.getTime() + 365 * DAY),
    publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
      await SubjectKeyIdentifierExtension.create(publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  return `${certificate.toString('pem')}\n`
}
