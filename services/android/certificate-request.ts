import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto'
import 'reflect-metadata'
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509'

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** PEM of a PKCS #10 request for a P-256 key. @param key PEM, PKCS #8 */
export async function certificateRequest(key: string, user: string): Promise<string> {
  const secret = createPrivateKey(key)
  const { subtle } = webcrypto
  const privateKey = await subtle.importKey('pkcs8', secret.export({ type: 'pkcs8', format: 'der' }), ECDSA, false, [
    'sign',
  ])
  const spki = createPublicKey(secret).export({ type: 'spki', format: 'der' })
  const publicKey = await subtle.importKey('spki', spki, ECDSA, true, ['verify'])
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [user] }],
    keys: { privateKey, publicKey },
    signingAlgorithm: ECDSA,
  })
  return request.toString('pem')
}
