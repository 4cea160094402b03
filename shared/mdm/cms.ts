/**
 * CMS (RFC 5652) as MDM has it: a detached signature over every message (`Mdm-Signature`), and the profile inside a
 * signature. Who signed is for the caller to judge: here it is only said whose key it was.
 */
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto'
import * as asn1 from 'asn1js'
import * as pkijs from 'pkijs'
import type { ServerIdentity } from '../net/host.ts'

const DATA = '1.2.840.113549.1.7.1'
const SIGNED_DATA = '1.2.840.113549.1.7.2'
const CONTENT_TYPE = '1.2.840.113549.1.9.3'
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4'
const SIGNING_TIME = '1.2.840.113549.1.9.5'

const buffer = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

/** DER of the content inside its signature, or of the signature alone. The certificates of `cert` go with it, its own first. */
export async function sign(
  content: Uint8Array,
  { cert, key }: ServerIdentity,
  how: 'attached' | 'detached',
): Promise<Buffer> {
  const chain = (cert.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(pem =>
    pkijs.Certificate.fromBER(buffer(new X509Certificate(pem).raw)),
  )
  const [own] = chain
  if (!own) throw new Error('no certificate to sign with')
  const digest = await webcrypto.subtle.digest('SHA-256', buffer(content))
  const signer = new pkijs.SignerInfo({
    version: 1,
    sid: new pkijs.IssuerAndSerialNumber({ issuer: own.issuer, serialNumber: own.serialNumber }),
    signedAttrs: new pkijs.SignedAndUnsignedAttributes({
      type: 0,
      attributes: [
        new pkijs.Attribute({ type: CONTENT_TYPE, values: [new asn1.ObjectIdentifier({ value: DATA })] }),
        new pkijs.Attribute({ type: SIGNING_TIME, values: [new asn1.UTCTime({ valueDate: new Date() })] }),
        new pkijs.Attribute({ type: MESSAGE_DIGEST, values: [new asn1.OctetString({ valueHex: digest })] }),
      ],
    }),
  })
  const signed = new pkijs.SignedData({
    version: 1,
    encapContentInfo: new pkijs.EncapsulatedContentInfo({
      eContentType: DATA,
      ...(how === 'attached' ? { eContent: new asn1.OctetString({ valueHex: buffer(content) }) } : {}),
    }),
    signerInfos: [signer],
    certificates: chain,
  })
  await signed.sign(await importKey(key), 0, 'SHA-256', buffer(content))
  const info = new pkijs.ContentInfo({ contentType: SIGNED_DATA, content: signed.toSchema(true) })
  return Buffer.from(info.toSchema().toBER())
}

export interface Verified {
  signer: X509Certificate
  content: Buffer
}

/** @param detached what was signed, where it is not inside. @throws Error where the signature does not hold, whatever is given */
export async function verify(der: Uint8Array, detached?: Uint8Array): Promise<Verified> {
  const info = pkijs.ContentInfo.fromBER(buffer(der))
  if (info.contentType !== SIGNED_DATA) throw new Error('no signed data')
  const signed = new pkijs.SignedData({ schema: info.content })
  if (signed.signerInfos.length !== 1) throw new Error(`one signer is expected, there are ${signed.signerInfos.length}`)
  const inside = signed.encapContentInfo.eContent
  if (detached && inside) throw new Error('a detached signature is expected, this one holds its content')
  const content = detached ?? (inside ? Buffer.from(inside.getValue()) : undefined)
  if (!content) throw new Error('there is no content')
  const { signatureVerified, signerCertificate } = await signed.verify({
    signer: 0,
    data: buffer(content),
    checkChain: false,
    extendedMode: true,
  })
  if (!signatureVerified || !signerCertificate) throw new Error('the signature does not hold')
  const signer = new X509Certificate(Buffer.from(signerCertificate.toSchema().toBER()))
  return { signer, content: Buffer.from(content) }
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const key = createPrivateKey(pem)
  const algorithm =
    key.asymmetricKeyType === 'rsa'
      ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
      : { name: 'ECDSA', namedCurve: 'P-256' }
  return webcrypto.subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), algorithm, false, ['sign'])
}
