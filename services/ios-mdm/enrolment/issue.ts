/** A device's identity. RSA 2048, which every iOS takes from PKCS #12; 365 days, as certificates of mobile users have. */
import { createPrivateKey, KeyObject, randomBytes, randomUUID, webcrypto } from 'node:crypto'
import 'reflect-metadata'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { ServerIdentity } from '../../../shared/net/host.ts'

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
}
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY = 86_400_000
/** A phone's clock may be behind. */
const CLOCK_SLACK = 5 * 60_000

export async function issueIdentity(authority: ServerIdentity): Promise<ServerIdentity> {
  const issuer = new X509Certificate(authority.cert)
  const signer = createPrivateKey(authority.key)
  const algorithm = signer.asymmetricKeyType === 'rsa' ? RSA : ECDSA
  const signingKey = await webcrypto.subtle.importKey(
    'pkcs8',
    signer.export({ type: 'pkcs8', format: 'der' }),
    algorithm,
    false,
    ['sign'],
  )
  const keys = (await webcrypto.subtle.generateKey(RSA, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const serial = randomBytes(16)
  serial[0] = ((serial[0] as number) & 0x7f) | 0x40
  const notBefore = new Date(Date.now() - CLOCK_SLACK)
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serial.toString('hex'),
    subject: `CN=${randomUUID()}, OU=iOS MDM device, O=ksc-lab`,
    issuer: issuer.subject,
    notBefore,
    notAfter: new Date(notBefore.getTime() + 365 * DAY),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  })
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
