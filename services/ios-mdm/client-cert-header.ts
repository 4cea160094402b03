import { X509Certificate } from 'node:crypto'

/** RFC 9440, as HAProxy can send it, and the usual name for nginx's `$ssl_client_escaped_cert`. */
const USUAL_NAMES = ['client-cert', 'x-ssl-client-cert']
/** DER of a certificate with RSA 4096 and long names has 2 KB. */
const LONGEST = 16_384

/** The headers in which a proxy may pass the client certificate on; `configured` takes the place of the usual ones. */
export const certificateHeaders = (configured: string | null): readonly string[] =>
  configured === null ? USUAL_NAMES : [configured]

/**
 * The certificate in such a header: base64 of the DER between colons (RFC 9440), or URL-escaped PEM. Null for an empty value,
 * which is how proxies say that the client showed none. @throws Error for anything else
 */
export function readCertificateHeader(value: string): X509Certificate | null {
  const text = value.trim()
  if (text === '' || text === '::') return null
  if (text.length > LONGEST) throw new Error(`${text.length} characters are too many for one certificate`)
  const byteSequence = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(text)?.[1]
  if (byteSequence !== undefined) return new X509Certificate(Buffer.from(byteSequence, 'base64'))
  const pem = decodeURIComponent(text)
  if (!/^-----BEGIN CERTIFICATE-----\s[^-]+-----END CERTIFICATE-----\s*$/.test(pem))
    throw new Error('expected is base64 between colons (RFC 9440), or URL-escaped PEM of one certificate')
  return new X509Certificate(pem)
}
