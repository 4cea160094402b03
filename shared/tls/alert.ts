/** The TLS alert that OpenSSL reports inside an error code, in RFC 8446's own word: `unknown_ca`, or null. */
export function alertIn(error: { code?: string | undefined }): string | null {
  const match = /ALERT_([A-Z_]+)$/.exec(error.code ?? '')
  return match?.[1] === undefined ? null : match[1].toLowerCase()
}

/** RFC 8446 section 6.2, of what a responder says of the initiator's certificate: in TLS 1.3 after the initiator's handshake is over. */
const OF_CLIENT_CERTIFICATE = new Set([
  'certificate_required',
  'bad_certificate',
  'unsupported_certificate',
  'certificate_revoked',
  'certificate_expired',
  'certificate_unknown',
  'unknown_ca',
  'access_denied',
])
export const refusesClientCertificate = (alert: string | null): boolean =>
  alert !== null && OF_CLIENT_CERTIFICATE.has(alert)

const PLAINTEXT_CODES = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'ERR_SSL_HTTPS_PROXY_REQUEST',
  'ERR_SSL_UNKNOWN_PROTOCOL',
])

/** Does this handshake error mean that what came back was no TLS at all? */
export const saysPlaintext = (code: string): boolean => PLAINTEXT_CODES.has(code)
