/** A device's identity. RSA 2048, which every iOS takes from PKCS #12. */
import { KeyObject, randomUUID, webcrypto } from 'node:crypto'
import type { ServerIdentity } from '../../../shared/net/host.ts'
import { issueDeviceCertificate } from '../../../shared/tls/issue-device-certificate.ts'

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
}

export async function issueIdentity(authority: ServerIdentity): Promise<ServerIdentity> {
  const keys = (await webcrypto.subtle.generateKey(RSA, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const subject = [{ CN: [randomUUID()] }, { OU: ['iOS MDM device'] }, { O: ['ksc-lab'] }]
  return {
    cert: await issueDeviceCertificate(authority, { subject, publicKey: keys.publicKey }),
    key: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
